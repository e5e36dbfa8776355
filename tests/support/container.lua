-- SPDX-License-Identifier: MIT
--
-- A container around a command: bubblewrap's, with the whole machine to be
-- read and nothing to be written but what is mounted. Where the tests run as
-- root, the command does not: it is uid 65532, as images have it.
--
--   local container = require "tests.support.container"
--   local why = container.missing()      -- nil, or why there is none here
--   container.open(box)                  the sandbox's folder is that user's
--   container.line(box, mounts, command) a shell line that runs a shell
--                                        command in one; `mounts` are further
--                                        options of bwrap ("%s": the folder)
--   container.user(command)              a shell line that runs a shell
--                                        command as the user, without one
--   container.uid, container.gid         the user's
--
-- The line is for box:sh, box:spawn_sh and their like.
local sandbox = require "tests.support.sandbox"

local container = {}
local quote = sandbox.quote

local function answer(command)
  local pipe = io.popen(command .. " 2>&1")
  local text = pipe:read("a")
  return pipe:close() == true, text
end

local function number(command)
  return tonumber((select(2, answer(command))))
end

container.is_root = number("id -u") == 0
container.uid = container.is_root and 65532 or number("id -u")
container.gid = container.is_root and 65532 or number("id -g")

-- LeakSanitizer needs ptrace, which a container may not have.
local sanitized = (os.getenv("SANITIZE") or "") ~= ""
local OPTIONS = sanitized and "ASAN_OPTIONS=exitcode=99:detect_leaks=0 " or ""

function container.user(command)
  if not container.is_root then
    return ("%sexec sh -c %s"):format(OPTIONS, quote(command))
  end
  return ("%sexec setpriv --reuid=65532 --regid=65532 --clear-groups " ..
    "sh -c %s"):format(OPTIONS, quote(command))
end

function container.line(box, mounts, command)
  return container.user(("exec bwrap --unshare-user --unshare-pid " ..
    "--unshare-net --unshare-ipc --die-with-parent --ro-bind / / " ..
    "--proc /proc --dev /dev %s --chdir %s sh -c %s"):format(
    mounts:gsub("%%s", function() return quote(box.dir) end),
    quote(box.dir), quote(command)))
end

function container.open(box)
  local status, _, err = box:sh(("chown -R %d:%d . && chmod 755 ."):format(
    container.uid, container.gid))
  if status ~= 0 then
    error(err, 2)
  end
end

local function look()
  if not answer("command -v bwrap") and container.is_root then
    answer(quote(sandbox.root .. "/scripts/install-packages.sh") .. " test")
  end
  if not answer("command -v bwrap") then
    return "bubblewrap is not installed"
  end
  local box = sandbox.new()
  container.open(box)
  local status, _, err = box:sh(container.line(box, "",
    quote(sandbox.program) .. " version"))
  box:destroy()
  if status ~= 0 then
    return "no container can be made here: " .. err:gsub("%s+$", "")
  end
end

local known, reason
function container.missing()
  if not known then
    known, reason = true, look()
  end
  return reason
end

return container
