/** The memory of this run of the server, begun where there is none. A server that lets nobody ask has one run for ever. */
const memory = `
local info = redis.pcall('INFO', 'server')
local run = type(info) == 'string' and string.match(info, 'run_id:(%w+)') or 'unnamed'
local memory = redis.call('GET', KEYS[1])
if not memory or string.sub(memory, 1, #run + 1) ~= run .. '.' then
  memory = run .. '.' .. ARGV[1]
  redis.call('SET', KEYS[1], memory)
end
`;

/** KEYS: memory. ARGV: what is to follow the name of the run, should a memory begin. */
export const memoryScript = `${memory}
return memory`;

/** KEYS: memory, what is used. ARGV: as above, for how many seconds the use is remembered. */
export const useScript = `${memory}
local isNew = redis.call('SET', KEYS[2], '1', 'NX', 'EX', ARGV[2])
return {isNew and 1 or 0, memory}`;
