package main

import (
	"context"
	"net/http"
	"reflect"

	"github.com/zohohub/zohohub"
	"github.com/zohohub/zohohub/internal/codec"
)

// leadsOver is the library as its users have it, on the same in-memory transport as the baseline.
func leadsOver(client *http.Client) (*zohohub.Record[Lead], error) {
	conn, err := zohohub.NewConnection(
		zohohub.Config{ClientID: "1000.FAKECLIENT", ClientSecret: "fake-client-secret", APIDomain: "https://www.zohoapis.eu", HTTPClient: client},
		&zohohub.Token{AccessToken: "1000.fake-access-token"},
	)
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
