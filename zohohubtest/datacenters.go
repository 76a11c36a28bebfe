package zohohubtest

import (
	"context"
	"fmt"
	"net"
	"slices"
	"strings"
)

// SetLocation says which data center [Server.URL] is ("eu" when nothing is said): the consent page sends its key along with
// the code of a user who lives there.
func (s *Server) SetLocation(dataCenter string) { s.accounts.setLocation(dataCenter) }

// AddDataCenter opens another data center, by its key such as "us", and gives its address: of its accounts server, and of the
// API for the users who live there ([User].DataCenter). As at Zoho, each of the accounts servers shows the consent page to
// everybody, and the code, the tokens and the API are the user's data center's: elsewhere codes and refresh tokens are
// refused with invalid_code, and access tokens with INVALID_TOKEN. The organisation and its records are the same in all of
// them. One that is there already gives its address again. [Server.Transport] reaches it by this address too. It panics
// when the machine gives no socket on loopback, or the Server is closed.
func (s *Server) AddDataCenter(key string) (url string) {
	url, err := s.addDataCenter(key)
	if err != nil {
		panic(fmt.Sprintf("zohohubtest: AddDataCenter: %v", err))
	}
	return url
}

func (s *Server) addDataCenter(key string) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if url, ok := s.accounts.center(key); ok {
		return url, nil
	}
	if s.closed {
		return "", net.ErrClosed
	}
	listener, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	url := "http://" + listener.Addr().String()
	s.accounts.addCenter(key, url)
	s.others.Go(func() { _ = s.socket.Serve(listener) }) // it ends when the Server is closed
	return url, nil
}

// SetClientDataCenters says in which data centers a client is known, by their keys: elsewhere it is refused with
// invalid_client, as one that is not enabled for several is. Without keys it is known in all, which is how every client
// begins. It panics when there is no such client.
func (s *Server) SetClientDataCenters(id string, keys ...string) {
	if !s.accounts.setClientCenters(id, keys) {
		panic(fmt.Sprintf("zohohubtest: SetClientDataCenters: there is no client %q", id))
	}
}

func (a *accounts) setClientCenters(id string, keys []string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	c := a.clients[id]
	if c != nil {
		c.centers = slices.Clone(keys)
	}
	return c != nil
}

// center is the address of a data center, if there is such a one.
func (a *accounts) center(key string) (string, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if key == a.location {
		return a.url, true
	}
	url, ok := a.centers[key]
	return url, ok
}

func (a *accounts) addCenter(key, url string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.centers[key] = url
}

// checkCenter refuses a user's data center that is not there.
func (a *accounts) checkCenter(key string) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if _, ok := a.centers[key]; key != "" && !ok {
		return fmt.Errorf("there is no data center %q", key)
	}
	return nil
}

// The functions below are called with mu held. A data center is empty at home.

// centerOf is the data center that a host is. Hosts that nobody opened are at home.
func (a *accounts) centerOf(host string) string {
	for key, url := range a.centers {
		if strings.TrimPrefix(url, "http://") == host {
			return key
		}
	}
	return ""
}

func (a *accounts) urlOf(center string) string {
	if center == "" {
		return a.url
	}
	return a.centers[center]
}

func (a *accounts) keyOf(center string) string {
	if center == "" {
		return a.location
	}
	return center
}

// knows says whether the client is enabled for the data center.
func (a *accounts) knows(c *client, center string) bool {
	return len(c.centers) == 0 || slices.Contains(c.centers, a.keyOf(center))
}
