-- Claim a partition, unless a worker of a newer generation of the group holds it.
-- KEYS  1: applied:<partition>
-- ARGV  1: our generation  2: seconds until a claim expires (a recreated group counts from 1)
-- -> {1, first, next, applied, duplicates, dead, emitted} with false for a missing field, or {0, holder}
local now = tonumber(redis.call('TIME')[1])
local held = redis.call('HMGET', KEYS[1], 'claim', 'claimed_at')
if held[1] and tonumber(held[1]) > tonumber(ARGV[1]) and now - tonumber(held[2]) < tonumber(ARGV[2]) then
  return {0, held[1]}
end
redis.call('HSET', KEYS[1], 'claim', ARGV[1], 'claimed_at', now)
return {1, unpack(redis.call('HMGET', KEYS[1], 'first', 'next', 'applied', 'duplicates', 'dead', 'emitted'))}
