-- SPDX-License-Identifier: MIT
--
-- What a busted spec writes for tests/suite: TAP, with everything that is
-- known of a failure behind it. (Busted's own handler ends with an error
-- when a spec cannot be loaded.)
local pretty = require "pl.pretty"

return function()
  local busted = require "busted"
  local handler = require "busted.outputHandlers.base"()
  local count = 0

  local function say(outcome, text)
    count = count + 1
    print(("%s %d - %s"):format(outcome, count, text))
  end

  local function say_failure(failure)
    local message, trace = failure.message, failure.trace or {}
    if type(message) ~= "string" then
      message = message == nil and "nil" or pretty.write(message)
    end
    say("not ok", failure.name)
    for line in (message .. "\n" .. (trace.traceback or "")):gmatch("[^\n]+")
    do
      print("# " .. line)
    end
  end

  local function test_end(_, _, status)
    if status == "success" then
      say("ok", handler.successes[#handler.successes].name)
    elseif status == "pending" then
      local skipped = handler.pendings[#handler.pendings]
      say("ok", ("%s # SKIP %s"):format(skipped.name, skipped.message or ""))
    elseif status == "failure" then
      say_failure(handler.failures[#handler.failures])
    else
      say_failure(handler.errors[#handler.errors])
    end
    io.flush()
    return nil, true
  end

  -- Outside a test: in a describe, before_each, or the file itself.
  local function on_error(element)
    if element.descriptor ~= "it" then
      say_failure(handler.errors[#handler.errors])
      io.flush()
    end
    return nil, true
  end

  busted.subscribe({ "test", "end" }, test_end,
    { predicate = handler.cancelOnPending })
  busted.subscribe({ "error" }, on_error)
  return handler
end
