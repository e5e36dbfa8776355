-- SPDX-License-Identifier: MIT
-- `make install` puts everything where a packager asked for it.
local sandbox = require "tests.support.sandbox"

describe("make install", function()
  local box

  local function install(arguments)
    local status, out, err = box:sh(("make -s -C %s install %s"):format(
      sandbox.quote(sandbox.root), arguments))
    assert.equal(0, status, out .. err)
  end

  local function output_of(command, env)
    local status, out, err = box:sh(command, env)
    assert.equal(0, status, err)
    return out
  end

  before_each(function()
    box = sandbox.new()
    install("PREFIX=/usr DESTDIR=" .. box.dir)
  end)
  after_each(function() box:destroy() end)

  it("installs program, libraries, header, manual, completions", function()
    assert.equal([[
usr/bin/lumigrate
usr/include/lumigrate.h
usr/lib/liblumigrate.a
usr/lib/liblumigrate.so
usr/lib/liblumigrate.so.0
usr/lib/liblumigrate.so.0.1.0
usr/lib/pkgconfig/lumigrate.pc
usr/share/bash-completion/completions/lumigrate
usr/share/fish/vendor_completions.d/lumigrate.fish
usr/share/lumigrate/lumigrate.lua
usr/share/man/man1/lumigrate.1
usr/share/man/man5/lumigrate.5
usr/share/zsh/site-functions/_lumigrate
]], output_of("find usr ! -type d | LC_ALL=C sort"))
    assert.truthy(output_of("usr/bin/lumigrate version"):find("0.1.0", 1,
      true))
  end)

  it("shows the functions of the header and no others", function()
    local functions = output_of("nm -D --defined-only " ..
      "usr/lib/liblumigrate.so | awk '{ print $NF }' | LC_ALL=C sort")
    assert.equal(output_of("grep -oE 'lumigrate_[a-z_]+\\(' " ..
      "usr/include/lumigrate.h | tr -d '(' | LC_ALL=C sort -u"), functions)
  end)

  it("links the shared library by name with what it needs", function()
    local dynamic = output_of("readelf -d usr/lib/liblumigrate.so")
    assert.truthy(dynamic:find("soname: [liblumigrate.so.0]", 1, true))
    assert.truthy(dynamic:find("Shared library: [libsqlite3.so", 1, true))
    assert.truthy(dynamic:find("Shared library: [liblua5.4.so", 1, true))
    assert.falsy(dynamic:find("TEXTREL", 1, true))
  end)

  it("carries the small libraries in the program, not SQLite", function()
    local dynamic = output_of("readelf -d usr/bin/lumigrate")
    assert.truthy(dynamic:find("Shared library: [libsqlite3.so", 1, true))
    assert.falsy(dynamic:find("liblua", 1, true))
    assert.falsy(dynamic:find("libmd", 1, true))
  end)

  it("keeps the stripped program within 700 KiB", function()
    output_of("strip -o small usr/bin/lumigrate")
    local size = tonumber(output_of("stat -c %s small"))
    assert.is_true(size <= 700 * 1024, size .. " bytes")
  end)

  it("installs what the program says, and pages of its version", function()
    for shell, path in pairs {
      bash = "bash-completion/completions/lumigrate",
      zsh = "zsh/site-functions/_lumigrate",
      fish = "fish/vendor_completions.d/lumigrate.fish",
    } do
      assert.equal(output_of("usr/bin/lumigrate completion " .. shell),
        box:read("usr/share/" .. path))
    end
    assert.truthy(box:read("usr/share/man/man1/lumigrate.1"):find(
      '"lumigrate 0.1.0"', 1, true))
  end)

  it("does without the manual where scdoc is not installed", function()
    local out = output_of(("make -C %s install PREFIX=/usr SCDOC=no-scdoc " ..
      "DESTDIR=%s"):format(sandbox.quote(sandbox.root), box:path("other")))
    assert.truthy(out:find("no-scdoc is not installed: no manual pages\n", 1,
      true), out)
    assert.is_true(box:exists("other/usr/bin/lumigrate"))
    assert.is_false(box:exists("other/usr/share/man"))
  end)

  it("tells pkg-config where it is", function()
    local env = { PKG_CONFIG_PATH = box:path("usr/lib/pkgconfig") }
    assert.equal("0.1.0\n",
      output_of("pkg-config --modversion lumigrate", env))
    assert.equal("/usr/include\n",
      output_of("pkg-config --variable=includedir lumigrate", env))
  end)
end)
