/**
 * What both scripts that take have in common, in Lua. A quota is counted under two keys, which are of its holder's partition:
 *
 * - `counts`, a hash. Of fixed windows: `start` of the window and what is `used` of it. Of sliding ones: the `sum` of all
 *   entries, and by an entry's name its amount where that is not 1.
 * - `entries`, a sorted set of sliding windows: the name of each entry, and the millisecond after which it stays for one more
 *   window. An entry is a call (`exact`), or everything that was taken within a hundredth of the window (`coarse`), as though
 *   all of it had been taken at its end. One set holds both kinds, so that a limit may grow and shrink beyond 10,000.
 *
 * A count that begins is noted in the partition's list of counts: a sorted set of JSON texts that say what is counted under which
 * key, by when it began or was last compared with the audit trail, in milliseconds.
 *
 * Numbers are whole and at most 2^53. A clock that was set back makes entries and windows last longer, never shorter.
 */
export const quotaFunctions = `
local function int(number) return string.format('%.0f', number) end

local quotaArguments = 9

local function readQuotas(firstKey, firstArgument)
  local quotas = {}
  for at = firstArgument, #ARGV, quotaArguments do
    local key = firstKey + 2 * #quotas
    quotas[#quotas + 1] = {
      counts = KEYS[key], entries = KEYS[key + 1],
      shape = ARGV[at], cost = ARGV[at + 1], amount = tonumber(ARGV[at + 2]),
      limit = tonumber(ARGV[at + 3]), window = tonumber(ARGV[at + 4]),
      policy = ARGV[at + 5], state = ARGV[at + 6], reason = ARGV[at + 7], counter = ARGV[at + 8],
    }
  end
  return quotas
end

-- Forgets entries that are older than the window. Where none has an amount of its own, they are not even read.
local function forgetOld(quota, now)
  local last = int(now - quota.window)
  local freed = 0
  if redis.call('HLEN', quota.counts) > 1 then
    local old = redis.call('ZRANGEBYSCORE', quota.entries, '-inf', last)
    for first = 1, #old, 1000 do
      local names = { unpack(old, first, math.min(first + 999, #old)) }
      for _, amount in ipairs(redis.call('HMGET', quota.counts, unpack(names))) do
        freed = freed + tonumber(amount or 1)
      end
      redis.call('HDEL', quota.counts, unpack(names))
    end
    if #old > 0 then redis.call('ZREMRANGEBYSCORE', quota.entries, '-inf', last) end
  else
    freed = redis.call('ZREMRANGEBYSCORE', quota.entries, '-inf', last)
  end
  if freed > 0 then redis.call('HINCRBY', quota.counts, 'sum', int(-freed)) end
end

-- How much of a quota is used now.
local function countUsed(quota, now)
  if quota.shape == 'fixed' then
    local known = redis.call('HMGET', quota.counts, 'start', 'used')
    quota.start = now - now % quota.window
    quota.used = 0
    quota.isNew = true
    if known[1] and tonumber(known[1]) >= quota.start then
      quota.start = tonumber(known[1])
      quota.used = tonumber(known[2])
      quota.isNew = false
    end
  else
    forgetOld(quota, now)
    local sum = redis.call('HGET', quota.counts, 'sum')
    quota.used = tonumber(sum or 0)
    quota.isNew = not sum
  end
end

local function isExceeded(quota) return quota.used + quota.amount > quota.limit end

-- Milliseconds until so much more of a quota is free. At most 100 entries are looked at: then it may be too early.
local function msUntilFree(quota, now, needed)
  if quota.shape == 'fixed' then return quota.start + quota.window - now end
  local freed, wait = 0, 0
  local oldest = redis.call('ZRANGE', quota.entries, 0, needed > 1 and 99 or 0, 'WITHSCORES')
  for at = 1, #oldest, 2 do
    if freed >= needed then break end
    freed = freed + tonumber(redis.call('HGET', quota.counts, oldest[at]) or 1)
    wait = math.max(0, tonumber(oldest[at + 1]) + quota.window - now)
  end
  return wait
end

-- Notes what is counted there, so that it is compared with the audit trail.
local function note(quota, now, list)
  redis.call('ZADD', list, 'NX', int(now), quota.counter
    .. ',"algorithm":"' .. (quota.shape == 'fixed' and 'fixed' or 'sliding')
    .. '","cost":"' .. quota.cost .. '","windowMs":' .. int(quota.window)
    .. ',"counts":' .. cjson.encode(quota.counts) .. '}')
end

-- Takes of a quota. Answers where, so that it can be given back there.
local function take(quota, now, callId, list)
  quota.used = quota.used + quota.amount
  if quota.isNew then note(quota, now, list) end
  if quota.shape == 'fixed' then
    quota.countedMs = quota.start
    redis.call('HSET', quota.counts, 'start', int(quota.start), 'used', int(quota.used))
    redis.call('PEXPIRE', quota.counts, int(quota.start + quota.window - now + 1000))
    return int(quota.start)
  end
  if quota.amount == 0 then return '' end
  local name, score, width = callId, now, 0
  if quota.shape == 'coarse' then
    width = math.ceil(quota.window / 100)
    score = (math.floor(now / width) + 1) * width - 1
    name = '#' .. int(score)
  elseif redis.call('ZSCORE', quota.entries, name) then
    name = callId .. '#' .. int(now)
  end
  redis.call('ZADD', quota.entries, int(score), name)
  quota.countedMs = score
  if width > 0 or quota.amount ~= 1 then redis.call('HINCRBY', quota.counts, name, int(quota.amount)) end
  redis.call('HINCRBY', quota.counts, 'sum', int(quota.amount))
  local kept = int(quota.window + width + 1000)
  redis.call('PEXPIRE', quota.entries, kept)
  redis.call('PEXPIRE', quota.counts, kept)
  return name
end

-- What a later settlement has to know. Amounts are texts: as numbers they would lose digits.
local function holdOf(quota, place)
  return { shape = quota.shape, cost = quota.cost, counts = quota.counts, entries = quota.entries, place = place, amount = int(quota.amount) }
end

-- Takes of all quotas, or of none where one is exceeded. Answers with the holds, and with the exceeded ones.
local function takeAll(quotas, now, callId, list, isWanted)
  local holds, exceeded = {}, {}
  for _, quota in ipairs(quotas) do
    countUsed(quota, now)
    if isExceeded(quota) then exceeded[#exceeded + 1] = quota end
  end
  if isWanted and #exceeded == 0 then
    for at, quota in ipairs(quotas) do holds[at] = holdOf(quota, take(quota, now, callId, list)) end
  end
  return holds, exceeded
end

-- What was taken of the quotas as JSON, without the brackets of the list; not what is counted nowhere.
local function describeTakings(quotas, now)
  local takings = {}
  for _, quota in ipairs(quotas) do
    if quota.countedMs then
      takings[#takings + 1] = quota.counter .. ',"amount":' .. int(quota.amount)
        .. ',"takenMs":' .. int(now) .. ',"countedMs":' .. int(quota.countedMs) .. '}'
    end
  end
  return table.concat(takings, ',')
end

local function seconds(ms) return int(math.ceil(ms / 1000)) end

-- Dollars are shown with the digits of a millionth.
local function shown(quota, number)
  return quota.cost == 'usd' and string.format('%.6f', number / 1000000) or int(number)
end

-- The state of quotas as JSON, without the brackets of the list.
local function describeStates(quotas, now)
  local states = {}
  for at, quota in ipairs(quotas) do
    local over = quota.used - quota.limit
    states[at] = quota.state .. ',"remaining":' .. shown(quota, math.max(0, -over))
      .. (over > 0 and ',"overdrawn":' .. shown(quota, over) or '')
      .. ',"resetSeconds":' .. seconds(msUntilFree(quota, now, 1)) .. '}'
  end
  return table.concat(states, ',')
end

-- Why quotas refuse, as JSON without the brackets of the list (at most ten reasons: an answer has room for twenty), and
-- after how many seconds they would not any more.
local function describeRefusal(exceeded, now)
  local reasons, retryMs = {}, 0
  for at, quota in ipairs(exceeded) do
    if at <= 10 then reasons[at] = quota.reason end
    retryMs = math.max(retryMs, msUntilFree(quota, now, quota.used + quota.amount - quota.limit))
  end
  return table.concat(reasons, ','), math.max(1, math.ceil(retryMs / 1000))
end
`;

/** How a settlement changes what a call holds. Keys are named by the hold, which lies in their slot. */
export const settlementFunctions = `
local function int(number) return string.format('%.0f', number) end

local function change(hold, difference)
  if hold.shape == 'fixed' then
    if redis.call('HGET', hold.counts, 'start') == hold.place then
      redis.call('HINCRBY', hold.counts, 'used', int(difference))
    end
  elseif redis.call('ZSCORE', hold.entries, hold.place) then
    local amount = tonumber(redis.call('HGET', hold.counts, hold.place) or 1) + difference
    if amount > 0 then
      redis.call('HSET', hold.counts, hold.place, int(amount))
    else
      redis.call('ZREM', hold.entries, hold.place)
      redis.call('HDEL', hold.counts, hold.place)
    end
    redis.call('HINCRBY', hold.counts, 'sum', int(difference))
  end
end

-- Gives everything back, or counts of each cost what was used of it where that is known.
local function settleAll(holds, isGivenBack, used)
  for _, hold in ipairs(holds) do
    local reserved = tonumber(hold.amount)
    local counted = isGivenBack and 0 or tonumber(used[hold.cost]) or reserved
    if counted ~= reserved and hold.place ~= '' then change(hold, counted - reserved) end
  end
end
`;
