-- Before the scripts that load and write people: when a person's whole organisation was erased, in ms, else nil.
local tenants_erased, some_tenants_erased = {}, false
local tenants_and_times = redis.call('HGETALL', 'erased:tenants')
for place = 1, #tenants_and_times, 2 do
  tenants_erased[tenants_and_times[place]] = tenants_and_times[place + 1]
  some_tenants_erased = true
end

local function tenant_erased_at(key) -- `progress:{tenant:user}`
  return some_tenants_erased and tenants_erased[string.sub(key, 11, 46)] or nil
end
