package sqlstore

import (
	"fmt"
	"strconv"
	"strings"
)

// Dialect is the SQL that a database speaks.
type Dialect int

// The dialects. There is no default.
const (
	MySQL      Dialect = iota + 1 // MariaDB 10.2 and MySQL 5.7 or newer; tested on MariaDB
	PostgreSQL                    // 9.5 or newer
	SQLite                        // 3.24 or newer
)

// String is the dialect's name.
func (d Dialect) String() string {
	if name := dialects[d].name; name != "" {
		return name
	}
	return "Dialect(" + strconv.Itoa(int(d)) + ")"
}

// traits are what the databases do not have in common.
type traits struct {
	name  string
	quote string // around a name
	// now is the database's clock in milliseconds since 1970: no time zone is in it, and no daylight saving.
	now string
	// create's columns of the key compare byte by byte. In MySQL's usual order jo@… and JO@… are the same.
	create string
	// replace and keep say what an INSERT does where the key is there already: take the new token, or nothing.
	replace, keep string
	numbered      bool // $1 in place of ?
}

const keyColumns = "service, client_id, org, user_name"

var dialects = map[Dialect]traits{
	MySQL: {
		name:  "MySQL",
		quote: "`",
		now:   "TIMESTAMPDIFF(MICROSECOND, '1970-01-01', UTC_TIMESTAMP(6)) DIV 1000",
		create: `CREATE TABLE IF NOT EXISTS {table} (
	service VARBINARY(255) NOT NULL,
	client_id VARBINARY(255) NOT NULL,
	org VARBINARY(255) NOT NULL,
	user_name VARBINARY(255) NOT NULL,
	token MEDIUMBLOB,
	saves BIGINT NOT NULL DEFAULT 0,
	holder VARBINARY(26),
	lease_ends BIGINT,
	PRIMARY KEY (` + keyColumns + `)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC`,
		replace: "ON DUPLICATE KEY UPDATE token = VALUES(token), saves = saves + 1",
		keep:    "ON DUPLICATE KEY UPDATE saves = saves",
	},
	PostgreSQL: {
		name:  "PostgreSQL",
		quote: `"`,
		now:   "CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)",
		create: `CREATE TABLE IF NOT EXISTS {table} (
	service TEXT COLLATE "C" NOT NULL,
	client_id TEXT COLLATE "C" NOT NULL,
	org TEXT COLLATE "C" NOT NULL,
	user_name TEXT COLLATE "C" NOT NULL,
	token TEXT,
	saves BIGINT NOT NULL DEFAULT 0,
	holder TEXT,
	lease_ends BIGINT,
	PRIMARY KEY (` + keyColumns + `)
)`,
		replace:  "ON CONFLICT (" + keyColumns + ") DO UPDATE SET token = excluded.token, saves = held.saves + 1",
		keep:     "ON CONFLICT DO NOTHING",
		numbered: true,
	},
	SQLite: {
		name:  "SQLite",
		quote: `"`,
		now:   "CAST(round((julianday('now') - 2440587.5) * 86400000) AS INTEGER)",
		create: `CREATE TABLE IF NOT EXISTS {table} (
	service TEXT NOT NULL,
	client_id TEXT NOT NULL,
	org TEXT NOT NULL,
	user_name TEXT NOT NULL,
	token TEXT,
	saves INTEGER NOT NULL DEFAULT 0,
	holder TEXT,
	lease_ends INTEGER,
	PRIMARY KEY (` + keyColumns + `)
)`,
		replace: "ON CONFLICT (" + keyColumns + ") DO UPDATE SET token = excluded.token, saves = held.saves + 1",
		keep:    "ON CONFLICT DO NOTHING",
	},
}

// statements are those of one table.
type statements struct {
	create, probe           string
	load, save, empty, list string // empty takes the token out of the row
	sweep                   string // removes a row that has neither a token nor a lock
	look, appear, take      string // of the lock: who has it, a row for it, take it if nobody has it
	fenced, give            string // save if the lock is one's own still, and give it back
}

// of writes the statements for a table.
func (d traits) of(table string) statements {
	const (
		key  = "service = ? AND client_id = ? AND org = ? AND user_name = ?"
		free = "(holder IS NULL OR lease_ends <= {now})"
	)
	as := ""
	if d.name != "MySQL" {
		as = " AS held"
	}
	names := strings.NewReplacer("{table}", d.quote+strings.ReplaceAll(table, ".", d.quote+"."+d.quote)+d.quote, "{now}", d.now)
	text := func(statement string) string { return d.numberedText(names.Replace(statement)) }
	return statements{
		create: text(d.create),
		probe:  text("SELECT COUNT(saves) FROM {table} WHERE 1 = 0"),
		load:   text("SELECT token FROM {table} WHERE " + key + " AND token IS NOT NULL"),
		save:   text("INSERT INTO {table}" + as + " (" + keyColumns + ", token) VALUES (?, ?, ?, ?, ?) " + d.replace),
		empty:  text("UPDATE {table} SET token = NULL, saves = saves + 1 WHERE " + key),
		list:   text("SELECT " + keyColumns + " FROM {table} WHERE token IS NOT NULL"),
		sweep:  text("DELETE FROM {table} WHERE " + key + " AND token IS NULL AND " + free),
		look:   text("SELECT CASE WHEN " + free + " THEN 1 ELSE 0 END FROM {table} WHERE " + key),
		appear: text("INSERT INTO {table} (" + keyColumns + ") VALUES (?, ?, ?, ?) " + d.keep),
		take:   text("UPDATE {table} SET holder = ?, lease_ends = {now} + ? WHERE " + key + " AND " + free),
		// MySQL counts rows that have changed: saves does, whatever the token.
		fenced: text("UPDATE {table} SET token = ?, saves = saves + 1 WHERE " + key + " AND holder = ?"),
		give:   text("UPDATE {table} SET holder = NULL, lease_ends = NULL WHERE " + key + " AND holder = ?"),
	}
}

// numberedText writes $1, $2 … for the question marks, where the database wants it.
func (d traits) numberedText(statement string) string {
	if !d.numbered {
		return statement
	}
	pieces := strings.Split(statement, "?")
	var b strings.Builder
	for i, p := range pieces[:len(pieces)-1] {
		fmt.Fprintf(&b, "%s$%d", p, i+1)
	}
	return b.String() + pieces[len(pieces)-1]
}
