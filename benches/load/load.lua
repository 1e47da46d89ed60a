-- Sends the bodies of a file in turn, each with a run_id that no request had before.
--
-- Invariant: a request costs one concatenation. Whatever can be prepared is prepared before the clock starts.
--
-- wrk ... -s load.lua URL -- POOL_FILE TARGET MILLISECONDS_SINCE_1970

local thread_count = 0

function setup(thread)
  thread:set("thread_number", thread_count)
  thread_count = thread_count + 1
end

local RUN_MARK, WEBHOOK_MARK, RUN_BYTES = "{{run_id}}", "{{webhook}}", 36
local before, between, behind = {}, {}, {}
local number, milliseconds = 0, 0

-- Replaces the only occurrence of a mark.
local function fill(text, mark, value)
  local from, to = text:find(mark, 1, true)
  return text:sub(1, from - 1) .. value .. text:sub(to + 1)
end

function init(arguments)
  local target = arguments[2]
  milliseconds = tonumber(arguments[3])
  local address = wrk.host .. ":" .. wrk.port
  for line in io.lines(arguments[1]) do
    local body = fill(line, WEBHOOK_MARK, "http://" .. address .. target)
    local first, first_end = body:find(RUN_MARK, 1, true)
    local second, second_end = body:find(RUN_MARK, first_end, true)
    local length = #body + 2 * (RUN_BYTES - #RUN_MARK)
    local head = "POST " .. target .. " HTTP/1.1\r\nHost: " .. address
      .. "\r\nAccept: */*\r\nAccept-Encoding: gzip, deflate, zstd\r\nConnection: keep-alive"
      .. "\r\nUser-Agent: python-httpx/0.28.1\r\nContent-Type: application/json"
      .. "\r\nContent-Length: " .. length .. "\r\n\r\n"
    table.insert(before, head .. body:sub(1, first - 1))
    table.insert(between, body:sub(first_end + 1, second - 1))
    table.insert(behind, body:sub(second_end + 1))
  end
end

-- A uuid v7: its time goes on by a millisecond every 16 requests, as the ids of a busy LangGraph server do.
local function run_id()
  local time = milliseconds + math.floor(number / 16)
  return string.format("%08x-%04x-7%03x-8%03x-%012x", math.floor(time / 65536), time % 65536,
    number % 4096, thread_number, (number * 2654435761) % 281474976710656)
end

function request()
  number = number + 1
  local i, id = number % #before + 1, run_id()
  return before[i] .. id .. between[i] .. id .. behind[i]
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    'RESULT {"answers":%d,"microseconds":%d,"not_ok":%d,"broken":%d,"p50":%d,"p99":%d,"max":%d}\n',
    summary.requests, summary.duration, errors.status, errors.connect + errors.read + errors.write + errors.timeout,
    latency:percentile(50), latency:percentile(99), latency.max))
end
