-- Before the scripts that load and write people: their keys, and when a whole organisation was erased, in ms, else nil.
-- KEYS  1: applied:{partition}  2: erased:{partition}
-- The people's hashes have the same prefix and the same hash tag. They are not declared one by one: thousands of keys would take longer to
-- send than the script runs, and Redis Cluster asks only that all keys are in one slot.
local key_prefix, hash_tag = string.match(KEYS[1], '^(.*)applied:({%d+})$')
local hash_prefix = key_prefix .. 'progress:' .. hash_tag .. ':'
local tenants_erased, some_tenants_erased = {}, false
local tenants_and_times = redis.call('HGETALL', KEYS[2])
for place = 1, #tenants_and_times, 2 do
  tenants_erased[tenants_and_times[place]] = tenants_and_times[place + 1]
  some_tenants_erased = true
end

local function tenant_erased_at(person) -- `tenant:user`
  return some_tenants_erased and tenants_erased[string.sub(person, 1, 36)] or nil
end
