-- SPDX-License-Identifier: MIT
--
-- examples/container as an image has it: a root folder with the static
-- program, busybox, the entry point and its migrations. There is no Docker
-- engine here; bubblewrap makes the container (tests/support/container.lua).
--
--   local image = require "tests.support.image"
--   image.make(box)               root/ in the sandbox, an empty data/ to be
--                                 mounted; container.open(box) comes next
--   image.line(env, words [, mounts])
--                                 a shell line that runs the entry point with
--                                 these words as process 1 of a container
--                                 whose root cannot be written; an `env` of
--                                 false unsets one of DATABASE_URL,
--                                 LUMIGRATE_MIGRATIONS, PATH; `mounts` stand
--                                 in the place of "--bind data /data"; what
--                                 bwrap tells of process 1 goes to status
local container = require "tests.support.container"
local sandbox = require "tests.support.sandbox"
local quote = sandbox.quote

local image = { files = sandbox.root .. "/examples/container/" }

local function must(box, command)
  local status, out, err = box:sh(command)
  if status ~= 0 then
    error(out .. err, 3)
  end
end

function image.make(box)
  must(box, "mkdir -p root/bin root/proc root/dev root/data root/secrets " ..
    "data")
  must(box, ("make -s -C %s static && cp %s/build/lumigrate-static " ..
    "root/bin/lumigrate"):format(quote(sandbox.root), quote(sandbox.root)))
  must(box, "cp \"$(command -v busybox)\" root/bin/busybox && for name in " ..
    "cat echo env kill ls sh sleep test touch; do ln -s busybox " ..
    "root/bin/$name; done")
  must(box, ("cp %s/docker-entrypoint.sh root/bin && " ..
    "cp -R %s/migrations root/migrations"):format(quote(image.files),
    quote(image.files)))
end

function image.line(env, words, mounts)
  local set = { ["PATH"] = "/bin", DATABASE_URL = "sqlite:///data/app.db",
    LUMIGRATE_MIGRATIONS = "/migrations" }
  for name, value in pairs(env or {}) do
    set[name] = value or nil
  end
  local list, quoted = {}, {}
  for name, value in pairs(set) do
    list[#list + 1] = ("--setenv %s %s"):format(name, quote(value))
  end
  for i, word in ipairs(words) do
    quoted[i] = quote(word)
  end
  return container.user(("exec bwrap --unshare-user --unshare-pid " ..
    "--unshare-net --unshare-ipc --as-pid-1 --ro-bind root / " ..
    "--proc /proc --dev /dev %s --json-status-fd 3 " ..
    "--clearenv %s -- /bin/docker-entrypoint.sh %s 3>status"):format(
    mounts or "--bind data /data", table.concat(list, " "),
    table.concat(quoted, " ")))
end

return image
