/** Puts an entry into the list, unless a higher epoch of the same client is there: replicas may overtake one another. */
const put = `
local function put(active, field, value)
  local known = redis.call('HGET', active, field)
  local epoch = tonumber(string.match(value, '"epoch":(%d+)'))
  if known and epoch and epoch < tonumber(string.match(known, '"epoch":(%d+)')) then return end
  redis.call('HSET', active, field, value)
end
`;

/** KEYS: list, feed. ARGV: length of the feed, then field, value and time of each revocation. */
export const feedScript = `${put}
for i = 2, #ARGV, 3 do
  put(KEYS[1], ARGV[i], ARGV[i + 1])
  redis.call('XADD', KEYS[2], 'MAXLEN', '~', ARGV[1], '*', 'field', ARGV[i], 'value', ARGV[i + 1], 'at', ARGV[i + 2])
end
return 1`;

/** KEYS: list, turn. ARGV: whose turn it has to be, for how many milliseconds more, then field and value of each entry. */
export const listScript = `${put}
if redis.call('GET', KEYS[2]) ~= ARGV[1] then return 0 end
redis.call('PEXPIRE', KEYS[2], ARGV[2])
for i = 3, #ARGV, 2 do put(KEYS[1], ARGV[i], ARGV[i + 1]) end
return 1`;

/** KEYS: generation, turn. ARGV: whose turn it has to be, the new generation. */
export const sealScript = `
if redis.call('GET', KEYS[2]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2])
return 1`;

/** KEYS: list. ARGV: seconds since the epoch, then fields. What expires later than that stays. */
export const pruneScript = `
for i = 2, #ARGV do
  local value = redis.call('HGET', KEYS[1], ARGV[i])
  if value and tonumber(string.match(value, '"exp":(%d+)')) < tonumber(ARGV[1]) then
    redis.call('HDEL', KEYS[1], ARGV[i])
  end
end
return 1`;

/**
 * KEYS: generation. Answers the run of the server that has the key, and the generation there. A server that lets nobody ask has
 * one run for ever.
 */
export const stateScript = `
local info = redis.pcall('INFO', 'server')
local run = type(info) == 'string' and string.match(info, 'run_id:(%w+)') or 'unnamed'
return {run, redis.call('GET', KEYS[1])}`;
