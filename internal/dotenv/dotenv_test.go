package dotenv

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestParse(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		text string
		want []Variable
	}{
		"nothing":                     {"", nil},
		"comments and blank lines":    {"# one\n\n  # two\n\t\n", nil},
		"bare":                        {"A=1\nB = two words \n", []Variable{{"A", "1"}, {"B", "two words"}}},
		"no last line break":          {"A=1", []Variable{{"A", "1"}}},
		"CRLF":                        {"A=1\r\nB='x'\r\n", []Variable{{"A", "1"}, {"B", "x"}}},
		"byte order mark":             {"\ufeffA=1\n", []Variable{{"A", "1"}}},
		"export":                      {"export A=1\nexport\tB=2\nexported=3\nexport=4", []Variable{{"A", "1"}, {"B", "2"}, {"exported", "3"}, {"export", "4"}}},
		"empty":                       {"A=\nB=''\nC=\"\"\nD= # none", []Variable{{"A", ""}, {"B", ""}, {"C", ""}, {"D", ""}}},
		"equals sign in value":        {"A=x=y==", []Variable{{"A", "x=y=="}}},
		"comment after bare":          {"A=x # why\nB=x#y\nC=x\t#z", []Variable{{"A", "x"}, {"B", "x#y"}, {"C", "x"}}},
		"single quotes are literal":   {`A='a $B \n "q" # c' # why`, []Variable{{"A", `a $B \n "q" # c`}}},
		"double quotes unescape":      {`A="a\n\r\t\"\\\$\x # c"`, []Variable{{"A", "a\n\r\t\"\\$\\x # c"}}},
		"nothing is expanded":         {`A=$HOME/${B}`, []Variable{{"A", "$HOME/${B}"}}},
		"quote inside bare":           {`A=it's`, []Variable{{"A", "it's"}}},
		"twice":                       {"A=1\nA=2", []Variable{{"A", "1"}, {"A", "2"}}},
		"letters beyond ASCII":        {"A=São Paulo \"x\"", []Variable{{"A", `São Paulo "x"`}}},
		"backslash before a wide one": {`A="\é"`, []Variable{{"A", `\é`}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := Parse(tt.text)
			require.NoError(t, err)
			assert.Equal(t, tt.want, got)
		})
	}
}

func TestParseFaults(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ text, want string }{
		"no equals sign": {"A=1\nfake-secret", "line 2: is not NAME=value"},
		"no name":        {"=fake-secret", "line 1: is not NAME=value"},
		"digit first":    {"1A=fake-secret", "line 1: is not NAME=value"},
		"blank in name":  {"A B=fake-secret", "line 1: is not NAME=value"},
		"open single":    {"A='fake-secret", "line 1: the quote is not closed"},
		"open double":    {"\nA=\"fake-secret\\\"\nB=1", "line 2: the quote is not closed"},
		"lone backslash": {`A="fake-secret\`, "line 1: the quote is not closed"},
		"text after":     {`A="fake"secret`, "line 1: something follows the closing quote"},
		"NUL":            {"A=fake\x00secret", "line 1: the value holds a NUL"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := Parse(tt.text)
			require.EqualError(t, err, tt.want)
			assert.Nil(t, got)
		})
	}
}

func TestLoad(t *testing.T) {
	unset(t, "DOTENV_TEST_NEW", "DOTENV_TEST_TWICE")
	t.Setenv("DOTENV_TEST_SET", "mine")
	t.Setenv("DOTENV_TEST_EMPTY", "")
	path := write(t, "DOTENV_TEST_NEW=new\nDOTENV_TEST_SET=theirs\nDOTENV_TEST_EMPTY=theirs\nDOTENV_TEST_TWICE=1\nDOTENV_TEST_TWICE=2\n")

	require.NoError(t, Load(path))

	assert.Equal(t, "new", os.Getenv("DOTENV_TEST_NEW"))
	assert.Equal(t, "mine", os.Getenv("DOTENV_TEST_SET"))
	assert.Empty(t, os.Getenv("DOTENV_TEST_EMPTY"))
	assert.Equal(t, "2", os.Getenv("DOTENV_TEST_TWICE"))
}

func TestLoadSetsNothingOnFault(t *testing.T) {
	unset(t, "DOTENV_TEST_NEW")
	path := write(t, "DOTENV_TEST_NEW=new\nfake-secret\n")

	err := Load(path)

	require.EqualError(t, err, "dotenv: "+path+": line 2: is not NAME=value")
	_, ok := os.LookupEnv("DOTENV_TEST_NEW")
	assert.False(t, ok)
}

func TestLoadWithoutFile(t *testing.T) {
	t.Parallel()
	require.NoError(t, Load(filepath.Join(t.TempDir(), ".env")))
	require.Error(t, Load(t.TempDir()), "a folder is no file to read")
}

func FuzzParse(f *testing.F) {
	f.Add("A=1\nexport B='two' # c\r\nC=\"x\\n\"")
	f.Add("\ufeff# c\nA = x#y #z")
	f.Add("A='")
	f.Add("A=\"\\")
	f.Add("=\n\x00=\x00")
	f.Fuzz(func(t *testing.T, text string) {
		vars, err := Parse(text)
		if err != nil {
			assert.Nil(t, vars)
			return
		}
		assert.LessOrEqual(t, len(vars), strings.Count(text, "=")+1)
		for _, v := range vars {
			assert.True(t, isName(v.Name), "%q", v.Name)
			assert.NotContains(t, v.Value, "\x00")
			// What was read can be written and read again.
			if !strings.ContainsAny(v.Value, "'\n\r") {
				again, err := Parse(v.Name + "='" + v.Value + "'")
				require.NoError(t, err)
				assert.Equal(t, []Variable{v}, again)
			}
		}
	})
}

func unset(t *testing.T, names ...string) {
	t.Helper()
	for _, name := range names {
		t.Setenv(name, "") // for the restoring
		require.NoError(t, os.Unsetenv(name))
	}
}

func write(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), ".env")
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	return path
}
