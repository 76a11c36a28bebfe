package main

import (
	"context"
	"net/http"
	"reflect"

	"github.com/zohohub/zohohub"
	"github.com/zohohub/zohohub/internal/codec"
)

// connect is the library as its users have it; a nil client is the library's own.
func connect(domain string, client *http.Client) (*zohohub.Connection, error) {
	return zohohub.NewConnection(
		zohohub.Config{ClientID: "1000.FAKECLIENT", ClientSecret: "fake-client-secret", APIDomain: domain, HTTPClient: client},
		&zohohub.Token{AccessToken: "1000.fake-access-token"},
	)
}

// leadsOver lists over the same in-memory transport as the baseline.
func leadsOver(client *http.Client) (*zohohub.Record[Lead], error) {
	conn, err := connect("https://www.zohoapis.eu", client)
	if err != nil {
		return nil, err
	}
	return zohohub.NewRecord[Lead](conn), nil
}

func readPage(ctx context.Context, leads *zohohub.Record[Lead]) ([]*Lead, error) {
	page, err := leads.Page(ctx)
	if err != nil {
		return nil, err
	}
	return page.Records, nil
}

// codecDecode is the decoding of zohohub alone.
func codecDecode(body []byte) ([]*Lead, error) {
	leads := make([]*Lead, 0, leadsPerPage)
	_, err := codec.For(reflect.TypeFor[Lead]()).DecodeList(body, "data", func() any {
		leads = append(leads, new(Lead))
		return leads[len(leads)-1]
	}, nil)
	return leads, err
}
