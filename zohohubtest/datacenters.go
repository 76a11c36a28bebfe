package zohohubtest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
)

// SetLocation says which data center [Server.URL] is ("eu" when nothing is said): the consent page sends its key along with
// the code of a user who lives there. It panics when [Server.AddDataCenter] has opened one of that key.
func (s *Server) SetLocation(dataCenter string) {
	if !s.accounts.setLocation(dataCenter) {
		panic(fmt.Sprintf("zohohubtest: SetLocation: the data center %q is elsewhere", dataCenter))
	}
}

// AddDataCenter opens another data center, by its key such as "us", and gives its address: of its accounts server, and of the
// API for the users who live there ([User].DataCenter). As at Zoho, each of the accounts servers shows the consent page to
// everybody, and the code, the tokens and the API are the user's data center's: elsewhere codes and refresh tokens are
// refused with invalid_code, and access tokens with INVALID_TOKEN. The organisation and its records are the same in all of
// them. One that is there already gives its address again. [Server.Transport] reaches it by this address too. It panics
// when the key is empty, the machine gives no socket on loopback, or the Server is closed. It is not for bubbles of
// testing/synctest, but what it opened is.
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
	switch {
	case key == "":
		return "", errors.New("the key is empty")
	case s.closed:
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

// SetClientDataCenters says in which data centers a client is known, by their keys: elsewhere, and for users who live
// elsewhere, it is refused with invalid_client, as one that is not enabled for several is. Without keys it is known in all,
// which is how every client begins. It panics when there is no such client.
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

// setLocation says whether the key was free.
func (a *accounts) setLocation(key string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if _, taken := a.centers[key]; taken {
		return false
	}
	a.location = key
	return true
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

// homeOf is a user's data center by its key; there must be such a one.
func (a *accounts) homeOf(key string) (center string, err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if key == "" || key == a.location {
		return "", nil
	}
	if _, ok := a.centers[key]; !ok {
		return "", fmt.Errorf("there is no data center %q", key)
	}
	return key, nil
}

// The functions below are called with mu held. A data center is empty at home.

// centerOf is the data center that a host is: its port says so, since loopback has several names. Hosts that nobody opened
// are at home.
func (a *accounts) centerOf(host string) string {
	_, port, _ := net.SplitHostPort(host) // without a port it is none of the fake's
	for key, url := range a.centers {
		if port != "" && strings.HasSuffix(url, ":"+port) {
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
