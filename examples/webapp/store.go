package main

import (
	"fmt"
	"strings"

	"github.com/zohohub/zohohub"
	"github.com/zohohub/zohohub/tokenstore/file"
)

// openStore opens what the flag -store names.
func openStore(place string) (zohohub.TokenStore, error) {
	kind, where, _ := strings.Cut(place, ":")
	switch {
	case place == "memory":
		return zohohub.NewMemoryStore(), nil
	case kind == "file" && where != "":
		return file.New(where)
	}
	return nil, fmt.Errorf("-store: %q is neither memory nor file:DIR", place)
}
