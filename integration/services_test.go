package integration

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	_ "github.com/go-sql-driver/mysql" // mysql
	_ "github.com/jackc/pgx/v5/stdlib" // pgx
	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"
	_ "modernc.org/sqlite" // sqlite
)

// serviceStarts and serviceEnds bound how long a database takes to start, and to end, on a busy machine.
const (
	serviceStarts = time.Minute
	serviceEnds   = 20 * time.Second
)

// mariaDB starts MariaDB for the test and returns the DSN of an empty database, zohooauth, for the driver mysql.
func mariaDB(t *testing.T) string {
	t.Helper()
	server, install := program(t, "mariadbd"), program(t, "mariadb-install-db")
	dir, port := serviceFolder(t), freePort(t)
	data := filepath.Join(dir, "data")
	me, err := user.Current()
	require.NoError(t, err)
	setUp(t, exec.Command(install, "--no-defaults", "--user="+me.Username, "--datadir="+data,
		"--auth-root-authentication-method=normal", "--skip-test-db"))
	running := serve(t, exec.Command(server, "--no-defaults", "--user="+me.Username, "--datadir="+data, "--port="+port, "--bind-address=127.0.0.1",
		"--socket="+filepath.Join(dir, "s.sock"), "--pid-file="+filepath.Join(dir, "pid"), "--innodb-buffer-pool-size=16M"))
	t.Cleanup(func() { running.end(t, running.process.Process, syscall.SIGTERM) })
	address := "root@tcp(127.0.0.1:" + port + ")/"
	db := open(t, "mysql", address)
	running.await(t, db.PingContext)
	_, err = db.ExecContext(t.Context(), "CREATE DATABASE zohooauth")
	require.NoError(t, err)
	return address + "zohooauth"
}

// postgreSQL starts PostgreSQL for the test and returns the DSN of an empty database for the driver pgx.
func postgreSQL(t *testing.T) string {
	t.Helper()
	server, initDB := program(t, "postgres"), program(t, "initdb")
	dir, port := serviceFolder(t), freePort(t)
	data := filepath.Join(dir, "data")
	require.NoError(t, os.Mkdir(data, 0o700))
	as := func(name string, args ...string) *exec.Cmd { return exec.Command(name, args...) }
	if os.Geteuid() == 0 { // which PostgreSQL refuses
		give(t, data, "postgres")
		as = func(name string, args ...string) *exec.Cmd {
			return exec.Command("runuser", append([]string{"-u", "postgres", "--", name}, args...)...)
		}
	}
	setUp(t, as(initDB, "-D", data, "-A", "trust", "-U", "postgres", "--no-sync", "-E", "UTF8", "--locale=C.UTF-8"))
	running := serve(t, as(server, "-D", data, "-c", "listen_addresses=127.0.0.1", "-c", "port="+port, "-c", "unix_socket_directories="+data, "-c", "fsync=off"))
	t.Cleanup(func() {
		// runuser stays between, and does not pass the signal on.
		text, err := os.ReadFile(filepath.Join(data, "postmaster.pid"))
		require.NoError(t, err)
		pid, err := strconv.Atoi(strings.Split(string(text), "\n")[0])
		require.NoError(t, err)
		process, err := os.FindProcess(pid)
		require.NoError(t, err)
		running.end(t, process, os.Interrupt)
	})
	address := "postgres://postgres@127.0.0.1:" + port + "/postgres?sslmode=disable"
	running.await(t, open(t, "pgx", address).PingContext)
	return address
}

// redisServer starts Redis for the test and returns the URL of an empty database.
func redisServer(t *testing.T, options ...string) string {
	t.Helper()
	address, running := redisIn(t, t.TempDir(), freePort(t), options...)
	t.Cleanup(func() { running.end(t, running.process.Process, syscall.SIGTERM) })
	return address
}

// redisIn starts Redis with its files in a folder. It keeps nothing there unless the options say so.
func redisIn(t *testing.T, dir, port string, options ...string) (address string, running *service) {
	t.Helper()
	args := append([]string{"--port", port, "--bind", "127.0.0.1", "--dir", dir, "--save", "", "--requirepass", redisPassword}, options...)
	running = serve(t, exec.Command(program(t, "redis-server"), args...))
	address = "redis://:" + redisPassword + "@127.0.0.1:" + port + "/0"
	running.await(t, func(ctx context.Context) error { return redisClient(t, address).Ping(ctx).Err() })
	return address, running
}

const redisPassword = "fake-redis-password"

// redisClient is a client for the time of the test.
func redisClient(t *testing.T, address string, with ...func(*redis.Options)) *redis.Client {
	t.Helper()
	opts, err := redis.ParseURL(address)
	require.NoError(t, err)
	opts.ContextTimeoutEnabled = true
	for _, change := range with {
		change(opts)
	}
	client := redis.NewClient(opts)
	t.Cleanup(func() { require.NoError(t, client.Close()) })
	return client
}

// program is the path of a program, also where a package puts it that only administrators use.
func program(t *testing.T, name string) string {
	t.Helper()
	for _, folder := range []string{"/usr/sbin/", "/usr/lib/postgresql/*/bin/"} {
		if found, _ := filepath.Glob(folder + name); len(found) > 0 { // the patterns are well-formed
			return found[len(found)-1]
		}
	}
	path, err := exec.LookPath(name)
	if err != nil {
		missing(t, name+" is not installed: bash .ci/run services installs it, for root and with CI=true")
	}
	return path
}

// serviceFolder is a folder that other users may pass through; t.TempDir's is not.
func serviceFolder(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "zohohub-*") //nolint:usetesting // see above
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, os.RemoveAll(dir)) })
	require.NoError(t, os.Chmod(dir, 0o711))
	return dir
}

func give(t *testing.T, path, name string) {
	t.Helper()
	owner, err := user.Lookup(name)
	require.NoError(t, err)
	uid, err := strconv.Atoi(owner.Uid)
	require.NoError(t, err)
	gid, err := strconv.Atoi(owner.Gid)
	require.NoError(t, err)
	require.NoError(t, os.Chown(path, uid, gid))
}

// portsFrom begins the ports that tests choose themselves. They are below those that a system gives to whoever asks for any
// (32768 and up on Linux), so that no connection of another test takes one before its server does, and as far below as Redis
// wants it, whose nodes of a cluster also listen 10,000 above.
const (
	portsFrom = 12_000
	ports     = 10_000
)

// chosenPorts counts from anywhere: tests of another checkout may run at the same time.
var (
	chosenPorts atomic.Int32
	firstPort   = rand.IntN(ports)
)

// freePort is a port that nobody listens at, and that this process has not chosen before.
func freePort(t *testing.T) string {
	t.Helper()
	for range ports {
		port := strconv.Itoa(portsFrom + (firstPort+int(chosenPorts.Add(1)))%ports)
		if l, err := net.Listen("tcp", "127.0.0.1:"+port); err == nil {
			require.NoError(t, l.Close())
			return port
		}
	}
	require.Fail(t, "no port is free")
	return ""
}

// setUp runs a program to its end.
func setUp(t *testing.T, c *exec.Cmd) {
	t.Helper()
	said, err := c.CombinedOutput()
	require.NoError(t, err, "%s said %s", c.Path, said)
}

// service is a program that runs until it is told to end.
type service struct {
	process *exec.Cmd
	said    bytes.Buffer // to be read when it has ended
	ended   chan struct{}
	err     error
}

func serve(t *testing.T, c *exec.Cmd) *service {
	t.Helper()
	s := &service{process: c, ended: make(chan struct{})}
	c.Stdout, c.Stderr = &s.said, &s.said
	require.NoError(t, c.Start())
	go func() {
		s.err = c.Wait()
		close(s.ended)
	}()
	return s
}

// await waits until the database answers.
func (s *service) await(t *testing.T, ping func(context.Context) error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), serviceStarts)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		err := ping(ctx)
		if err == nil {
			return
		}
		select {
		case <-tick.C:
		case <-s.ended:
			require.Fail(t, "the database has ended", "%v; it said %s", s.err, s.said.String())
		case <-ctx.Done():
			require.NoError(t, errors.Join(ctx.Err(), err), "of the database's start")
		}
	}
}

// end sends the signal to the process, which may be a child of the one that was started, and waits for the end.
func (s *service) end(t *testing.T, process *os.Process, signal os.Signal) {
	t.Helper()
	if err := process.Signal(signal); !errors.Is(err, os.ErrProcessDone) {
		require.NoError(t, err)
	}
	select {
	case <-s.ended:
	case <-time.After(serviceEnds):
		require.NoError(t, process.Kill())
		<-s.ended
		require.Fail(t, fmt.Sprintf("%s had to be killed; it said %s", s.process.Path, s.said.String()))
	}
}

// open opens a database for the time of the test.
func open(t *testing.T, driver, address string) *sql.DB {
	t.Helper()
	db, err := sql.Open(driver, address)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	return db
}
