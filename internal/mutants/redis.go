package main

// redisMutants break the store in Redis, a module of its own, whose tests run without a Redis.
var redisMutants = []mutant{
	{name: "two hold Redis's lock", file: "tokenstore/redis/lock.go", from: "if holder and holder ~= ARGV[1] then", to: "if false then", packages: inRedis},
	{name: "who repeats waits for its own lock in Redis", file: "tokenstore/redis/lock.go", from: "if holder and holder ~= ARGV[1] then", to: "if holder then", packages: inRedis},
	{name: "a lock in Redis never ends", file: "tokenstore/redis/lock.go", from: ", 'PX', ARGV[2])", to: ")", packages: inRedis},
	{name: "who is late saves in Redis", file: "tokenstore/redis/lock.go", from: "if redis.call('GET', KEYS[1]) ~= ARGV[1] then", to: "if false then", packages: inRedis},
	{name: "anybody gives Redis's lock back", file: "tokenstore/redis/lock.go", from: "if redis.call('GET', KEYS[1]) == ARGV[1] then", to: "if true then", packages: inRedis},
	{name: "a lock in Redis that nobody knows to have is kept", file: "tokenstore/redis/lock.go", from: "			l.undo(ctx)\n", to: "", packages: inRedis},
	{name: "who gave up gives nothing back to Redis", file: "tokenstore/redis/lock.go", from: "context.WithTimeout(context.WithoutCancel(ctx), undoWithin)", to: "context.WithTimeout(ctx, undoWithin)", packages: inRedis},
	{name: "who waits leaves Redis no peace", file: "tokenstore/redis/lock.go", from: "pollLeast+mathrand.N(pollMost-pollLeast)", to: "mathrand.N(pollLeast) / 1000", packages: inRedis},
	{name: "an ended context is Redis's fault", file: "tokenstore/redis/redisstore.go", from: "case ctx.Err() != nil: //", to: "case false: //", packages: inRedis},
	{name: "Redis shows the token", file: "tokenstore/redis/redisstore.go", from: `if secret != "" && strings.Contains(text, secret) {`, to: `if secret == "none of them" {`, packages: inRedis},
	{name: "Redis shows how a command began", file: "tokenstore/redis/redisstore.go", from: `", with args"); repeats {`, to: `", with args"); repeats && text == before {`, packages: inRedis},
	{name: "a damaged token in Redis is nobody's", file: "tokenstore/redis/redisstore.go", from: "case errors.Is(err, redis.Nil):", to: `case data == "" || data == "{}":`, packages: inRedis},
	{name: "what is not the store's is listed from Redis", file: "tokenstore/redis/redisstore.go", from: "return k, k.Validate() == nil", to: "return k, true", packages: inRedis},
	{name: "keys of Redis in one another's place", file: "tokenstore/redis/redisstore.go", from: `k.User}, "\n")`, to: `k.User}, "/")`, packages: inRedis},
}

var inRedis = []string{"./tokenstore/redis"}
