package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"

	_ "embed"
)

//go:embed testdata/page.json
var pageJSON []byte

const listURL = "https://www.zohoapis.eu/crm/v8/Leads"

// memory answers every request with the page, so that what is measured is the client and not a network.
type memory struct{}

func (memory) RoundTrip(req *http.Request) (*http.Response, error) {
	return &http.Response{
		Status: "200 OK", StatusCode: http.StatusOK, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header:        http.Header{"Content-Type": {"application/json;charset=UTF-8"}},
		Body:          io.NopCloser(bytes.NewReader(pageJSON)),
		ContentLength: int64(len(pageJSON)),
		Request:       req,
	}, nil
}

// taggedPage is Zoho's answer for encoding/json.
type taggedPage struct {
	Data []*TaggedLead `json:"data"`
	Info struct {
		Count         int    `json:"count"`
		MoreRecords   bool   `json:"more_records"`
		NextPageToken string `json:"next_page_token"`
	} `json:"info"`
}

// baseline is what zohohub is compared with: net/http and encoding/json into a tagged struct, without retries, token
// refresh or anything else that a client needs. Of the two usual ways, this and json.NewDecoder(resp.Body), this one costs
// less.
func baseline(ctx context.Context, client *http.Client) ([]*TaggedLead, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, listURL+"?page=1&per_page=200", nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Authorization", "Zoho-oauthtoken 1000.fake-access-token")
	resp, err := client.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("status %d", resp.StatusCode)
	}
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, err
	}
	return baselineDecode(body)
}

// baselineDecode is the decoding alone.
func baselineDecode(body []byte) ([]*TaggedLead, error) {
	var page taggedPage
	if err := json.Unmarshal(body, &page); err != nil {
		return nil, err
	}
	return page.Data, nil
}
