-- wrk: every request patches the label of one of 1,000 directory numbers, each time with another text.
local n = 0
local token

function init(args)
	token = args[1]
	math.randomseed(os.time())
end

function request()
	n = n + 1
	local path = "/api/v1/config/voice-register/dns/" .. math.random(1000)
	return wrk.format("PATCH", path, {
		["Authorization"] = "Bearer " .. token, ["Content-Type"] = "application/json", ["If-Match"] = "*",
	}, '{"label":"n' .. n .. '-' .. math.random(1000000) .. '"}')
end
