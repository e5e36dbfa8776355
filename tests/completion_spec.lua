-- SPDX-License-Identifier: MIT
-- Shells complete what there is: commands, options, the words that an option
-- takes, the migrations of the folder, templates.
local sandbox = require "tests.support.sandbox"
local quote = sandbox.quote

local function has(program)
  return (os.execute("command -v " .. program .. " >/dev/null 2>&1")) == true
end

-- Names of commands, and of options with their dashes, as help shows them.
local function names_of_help(box)
  local commands, options = {}, {}
  local _, help = box:lumigrate("help")
  for name in help:match("\ncommands:\n(.-)\n\n"):gmatch("  (%l+)[^\n]*") do
    commands[#commands + 1] = name
    local _, more = box:lumigrate("help", name)
    for line in more:gmatch("\n  ([- ]%S?[^\n]*)") do
      for option in line:match("^(.-)   *%l") and
          line:gsub("   *%l.*", ""):gmatch("%-%-?%l[%l-]*") or
          function() end do
        options[option] = true
      end
    end
  end
  return commands, options
end

describe("completion", function()
  local box

  before_each(function()
    box = sandbox.new()
    box:migration("2026_01_01_a", "")
    box:migration("2026_01_02_b", "")
    local status = box:sh(("mkdir bin && ln -s %s bin/lumigrate && for " ..
      "shell in bash zsh fish; do bin/lumigrate completion $shell " ..
      ">$shell || exit; done"):format(quote(sandbox.program)))
    assert.equal(0, status)
  end)
  after_each(function() box:destroy() end)

  local function with_path(command)
    local status, out, err = box:sh(command, {
      PATH = box:path("bin") .. ":" .. os.getenv("PATH") })
    assert.equal(0, status, out .. err)
    assert.equal("", err)
    return out
  end

  -- What bash offers for these words, the last of which is being typed.
  local function bash(...)
    local words = { ... }
    for i, word in ipairs(words) do
      words[i] = quote(word)
    end
    return with_path("bash -c " .. quote([[
      . ./bash
      complete -p lumigrate >/dev/null || exit
      COMP_WORDS=(lumigrate ]] .. table.concat(words, " ") .. [[)
      COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
      _lumigrate
      echo "${COMPREPLY[*]}"
    ]])):gsub("\n$", "")
  end

  it("needs the name of a shell that it knows", function()
    for _, words in ipairs { {}, { "tcsh" } } do
      local status, out, err = box:lumigrate("completion",
        table.unpack(words))
      assert.equal(2, status)
      assert.equal("", out)
      assert.truthy(err:find("bash, zsh or fish", 1, true), err)
    end
  end)

  it("is text that each shell reads", function()
    for _, shell in ipairs { "bash", "zsh", "fish" } do
      if has(shell) then
        assert.equal("", with_path(("HOME=$PWD %s -n ./%s"):format(shell,
          shell)))
      end
    end
    if has("shellcheck") then
      -- Functions are called by name, and what they are given is local.
      assert.equal("", with_path("shellcheck -s bash bash"))
    end
  end)

  it("knows every command and option of the help", function()
    local commands, options = names_of_help(box)
    assert.is_true(#commands >= 8)
    assert.is_true(options["--database"] and options["-u"] and
      options["--exec"] and options["--date"])
    for _, shell in ipairs { "bash", "zsh", "fish" } do
      local text = box:read(shell) .. " "
      for _, name in ipairs(commands) do
        assert.truthy(text:find("[%s'|]" .. name .. "[%s:|]"),
          shell .. " " .. name)
      end
      for name in pairs(options) do
        local word = shell ~= "fish" and name or
          name:find("^%-%-") and "-l " .. name:sub(3) or
          "-s " .. name:sub(2)
        assert.truthy(text:find("[%s'{(,|]" .. word:gsub("%-", "%%-") ..
          "[%s',})|]"), shell .. " " .. word)
      end
    end
  end)

  describe("in bash", function()
    it("completes commands and options", function()
      assert.equal("up", bash("u"))
      assert.truthy((" " .. bash("") .. " "):find(" status ", 1, true))
      assert.equal("--exec", bash("up", "--ex"))
      assert.equal("--exec", bash("migrate", "--ex"))
      assert.equal("", bash("status", "--ex"))
      assert.equal("--transaction", bash("--tr"))
      assert.equal("status", bash("help", "s"))
      assert.equal("bash zsh fish", bash("completion", ""))
    end)

    it("completes the words that an option takes", function()
      assert.equal("each all", bash("up", "--transaction", ""))
      assert.equal("all", bash("up", "--transaction", "=", "a"))
      assert.equal("migrations", bash("-d", "mig"))
      assert.equal("", bash("--lock-timeout", ""))
    end)

    it("completes migrations, where it can find them", function()
      assert.equal("2026_01_01_a 2026_01_02_b",
        bash("--database", "app.db", "up", "--to", ""))
      assert.equal("2026_01_02_b",
        bash("up", "--database", "=", "app.db", "--before", "2026_01_02"))
      assert.equal("", bash("up", "--to", ""))
      assert.equal("", bash("--database", "app.db", "-d", "none", "up",
        "--to", ""))
      assert.is_false(box:exists("app.db"))
    end)

    it("completes templates", function()
      assert.equal("add_column add_foreign_key add_index",
        bash("new", "-t", "add_"))
    end)

    it("completes a command behind --exec --", function()
      assert.truthy((" " .. bash("up", "--exec", "--", "bas") .. " ")
        :find(" bash ", 1, true))
      assert.equal("migrations", bash("up", "--exec", "--", "ls", "mig"))
    end)

    it("does not run what a migration is called", function()
      box:migration("$(touch ran)", "", "odd.lua")
      assert.equal("\\$\\(touch\\ ran\\)",
        bash("--database", "app.db", "up", "--to", "$"))
      assert.is_false(box:exists("ran"))
    end)
  end)

  it("completes in fish", function()
    if not has("fish") then
      pending("fish is not installed: its text is not tried")
      return
    end
    local function fish(line)
      return (with_path("HOME=$PWD fish -c " .. quote(
        "source ./fish; complete -C " .. quote(line))))
    end
    assert.truthy(fish("lumigrate up"):find("^up\t"))
    assert.truthy(fish("lumigrate up --ex"):find("^%-%-exec\t"))
    assert.truthy(fish("lumigrate --database app.db up --to "):find(
      "2026_01_02_b", 1, true))
    assert.equal("bash\nfish\nzsh\n", fish("lumigrate completion "))
  end)

  -- zsh completes only on a terminal: here it has to take the definitions.
  it("is loaded by zsh", function()
    if not has("zsh") then
      pending("zsh is not installed: its text is not tried")
      return
    end
    local out = with_path("HOME=$PWD zsh -f -c " .. quote([[
      autoload -U compinit && compinit -u -D && source ./zsh &&
      echo $_comps[lumigrate]
    ]]))
    assert.equal("_lumigrate\n", out)
  end)
end)
