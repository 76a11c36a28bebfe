package main

// fakeChannelMutants break the fake's notification channels and what it tells them.
var fakeChannelMutants = []mutant{
	{name: "a merge is told", file: "zohohubtest/change.go", from: "		j.silent = true\n", to: "", packages: []string{"./zohohubtest"}},
	{name: "what follows counts as done", file: "zohohubtest/change.go", from: "		j.related = true\n", to: "", packages: []string{"./zohohubtest"}},
	{name: "rows that stayed have changed", file: "zohohubtest/change.go", from: `ok && row["Modified_Time"] != nil`, to: `ok && row["Modified_Time"] == 0`, packages: []string{"./zohohubtest"}},
	{name: "a lookup's name is its value", file: "zohohubtest/change.go", from: "return refID(before) == refID(after)", to: "return reflect.DeepEqual(before, after)", packages: []string{"./zohohubtest"}},
	{name: "stamps are changes", file: "zohohubtest/change.go", from: "slices.Contains(stamped, f.APIName) ||", to: "", packages: []string{"./zohohubtest"}},
	{name: "a channel never ends", file: "zohohubtest/channels.go", from: "return !h.expiry.After(now)", to: "return !h.expiry.After(now) && false", packages: []string{"./zohohubtest"}},
	{name: "channels are everybody's", file: "zohohubtest/channels.go", from: "if h.user == user && h.id == formatID(n) {", to: "if user != \"\" && h.id == formatID(n) {", packages: []string{"./zohohubtest"}},
	{name: "a channel lives as long as it likes", file: "zohohubtest/watching.go", from: " || t.Sub(now) > w.version.watchLongest", to: "", packages: []string{"./zohohubtest"}},
	{name: "all fields are any", file: "zohohubtest/watchcondition.go", from: `choice := fieldChoice{all: object["group_operator"] == "and"}`, to: "choice := fieldChoice{}", packages: []string{"./zohohubtest"}},
	{name: "conditions are not looked at", file: "zohohubtest/callbacks.go", from: "return met || !conditional", to: "return met || !conditional || conditional", packages: []string{"./zohohubtest"}},
	{name: "related actions are always told", file: "zohohubtest/callbacks.go", from: "change.related && !h.related", to: "false", packages: []string{"./zohohubtest"}},
	{name: "values are told unasked", file: "zohohubtest/callbacks.go", from: "if b.channel.values && b.operation", to: "if b.operation", packages: []string{"./zohohubtest"}},
	{name: "callbacks share a time", file: "zohohubtest/delivery.go", from: "d.last = max(d.last+1, b.at.UnixMilli())", to: "d.last = b.at.UnixMilli()", packages: []string{"./zohohubtest"}},
	{name: "callbacks of a channel overtake", file: "zohohubtest/delivery.go", from: "		<-next.after.done\n", to: "", packages: []string{"./zohohubtest"}},
	{name: "a receiver may hang for long", file: "zohohubtest/delivery.go", from: "context.WithTimeout(ctx, maxDelivery)", to: "context.WithTimeout(ctx, 3*maxDelivery)", packages: []string{"./zohohubtest"}},
	{name: "callbacks leave the machine", file: "zohohubtest/delivery.go", from: "		return nil, errFarReceiver\n", to: "		_ = errFarReceiver\n", packages: []string{"./zohohubtest"}},
	{name: "close leaves callbacks under way", file: "zohohubtest/delivery.go", from: "		next.cancel()\n	}\n	if first", to: "		_ = next\n	}\n	if first", packages: []string{"./zohohubtest"}},
}
