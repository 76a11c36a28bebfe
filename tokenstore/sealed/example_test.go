package sealed_test

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"fmt"

	"github.com/zohohub/zohohub"
	"github.com/zohohub/zohohub/tokenstore/sealed"
)

// newAEAD makes an encryption key. A service takes its own from where it keeps its secrets, and never from the store.
func newAEAD() (cipher.AEAD, error) {
	key := make([]byte, 32)
	_, _ = rand.Read(key)
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCMWithRandomNonce(block)
}

func ExampleNew() {
	aead, err := newAEAD()
	if err != nil {
		fmt.Println(err)
		return
	}
	inner := zohohub.NewMemoryStore() // or one of tokenstore's, or one of your own
	store, err := sealed.New(inner, aead)
	if err != nil {
		fmt.Println(err)
		return
	}

	ctx := context.Background()
	key := zohohub.Key{Service: zohohub.ServiceCRM, ClientID: "1000.FAKE", User: "jo@example.com"}
	if err := store.Save(ctx, key, &zohohub.Token{RefreshToken: "1000.fake-refresh-token"}); err != nil {
		fmt.Println(err)
		return
	}
	tok, _ := store.Load(ctx, key)
	fmt.Println(tok.RefreshToken)
	row, _ := inner.Load(ctx, key)
	fmt.Println(row.AccessToken[:10], row.RefreshToken == "")
	// Output:
	// 1000.fake-refresh-token
	// sealed.v1. true
}

// The key is replaced by another, and everything sealed anew.
func ExampleStore_rotate() {
	oldKey, _ := newAEAD()
	newKey, _ := newAEAD()
	inner := zohohub.NewMemoryStore()
	before, _ := sealed.New(inner, oldKey)
	ctx := context.Background()
	key := zohohub.Key{Service: zohohub.ServiceCRM, ClientID: "1000.FAKE", User: "jo@example.com"}
	if err := before.Save(ctx, key, &zohohub.Token{RefreshToken: "1000.fake-refresh-token"}); err != nil {
		fmt.Println(err)
		return
	}

	store, err := sealed.New(inner, newKey, sealed.OldKeys(oldKey))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(store.Rotate(ctx))
	// Output: 1 <nil>
}
