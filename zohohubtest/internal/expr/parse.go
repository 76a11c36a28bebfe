package expr

import (
	"fmt"
	"strings"
)

// Options are the limits of ParseCriteria; zero means the default.
type Options struct {
	MaxCriteria int // comparisons in all; 15, as Zoho's error says (its pages say 10)
	MaxValues   int // values of one comparison; 100
}

// maxDepth bounds the nesting of parentheses: 15 comparisons need no more, and
// a stranger's text must not exhaust the stack.
const maxDepth = 50

// ParseCriteria reads Zoho's search criteria, for example
//
//	((Last_Name:starts_with:B)and(Company:in:Zylker,Acme \(EU\)))
//
// A fault is an *Error. Fields, operators and values are judged by Check.
func ParseCriteria(s string, o Options) (Node, error) {
	if o.MaxCriteria == 0 {
		o.MaxCriteria = 15
	}
	if o.MaxValues == 0 {
		o.MaxValues = 100
	}
	p := &parser{text: s, options: o}
	n, err := p.conditions(0)
	if err != nil {
		return nil, err
	}
	if p.pos < len(p.text) {
		return nil, p.fault("unexpected %q", p.text[p.pos])
	}
	return n, nil
}

type parser struct {
	text    string
	pos     int
	count   int
	options Options
}

func (p *parser) fault(format string, args ...any) error {
	return &Error{Kind: BadSyntax, Reason: fmt.Sprintf(format, args...) + fmt.Sprintf(" at position %d", p.pos)}
}

// conditions reads conditions joined by and or or. Where both stand in one level, neither binds tighter: what was read so
// far is one condition of what follows.
func (p *parser) conditions(depth int) (Node, error) {
	first, err := p.condition(depth)
	if err != nil {
		return nil, err
	}
	g := Group{Nodes: []Node{first}}
	for {
		join := p.join()
		if join == "" {
			break
		}
		if g.Join != "" && join != g.Join {
			g = Group{Nodes: []Node{g}}
		}
		g.Join = join
		n, err := p.condition(depth)
		if err != nil {
			return nil, err
		}
		g.Nodes = append(g.Nodes, n)
	}
	if len(g.Nodes) == 1 {
		return first, nil
	}
	return g, nil
}

// condition reads one comparison or group in its parentheses.
func (p *parser) condition(depth int) (Node, error) {
	if depth > maxDepth {
		return nil, p.fault("too many parentheses")
	}
	if !p.accept('(') {
		return nil, p.fault("a condition begins with a parenthesis")
	}
	p.space()
	if p.pos == len(p.text) || p.text[p.pos] != '(' {
		return p.compare()
	}
	n, err := p.conditions(depth + 1)
	if err != nil {
		return nil, err
	}
	if !p.accept(')') {
		return nil, p.fault("a parenthesis is not closed")
	}
	return n, nil
}

// compare reads field:operator:values) after the opening parenthesis.
func (p *parser) compare() (Node, error) {
	field, err := p.word("field")
	if err != nil {
		return nil, err
	}
	op, err := p.word("operator")
	if err != nil {
		return nil, err
	}
	if p.count++; p.count > p.options.MaxCriteria {
		return nil, &Error{Kind: TooManyCriteria, Reason: fmt.Sprintf("more than %d criteria", p.options.MaxCriteria), Limit: p.options.MaxCriteria}
	}
	c := Compare{Field: field, Op: Op(op)}
	if c.Values, err = p.values(); err != nil {
		return nil, err
	}
	if len(c.Values) > p.options.MaxValues {
		return nil, &Error{Kind: BadValue, Reason: fmt.Sprintf("more than %d values", p.options.MaxValues), Field: field, Op: c.Op, Value: c.Values[p.options.MaxValues]}
	}
	return c, nil
}

// word reads up to the next colon.
func (p *parser) word(what string) (string, error) {
	n := strings.IndexAny(p.text[p.pos:], ":()")
	if n < 0 || p.text[p.pos+n] != ':' {
		return "", p.fault("a comparison is field:operator:value; no %s", what)
	}
	w := strings.TrimSpace(p.text[p.pos : p.pos+n])
	if w == "" {
		return "", p.fault("the %s is empty", what)
	}
	p.pos += n + 1
	return w, nil
}

// values reads up to the closing parenthesis, and that. A backslash takes its meaning from what stands there as text, be
// it a parenthesis, a comma or another backslash; before anything else it is text itself. So a client that escapes every
// backslash and one that escapes none of those inside a value both find what they mean.
func (p *parser) values() ([]string, error) {
	var values []string
	var value strings.Builder
	for ; p.pos < len(p.text); p.pos++ {
		switch b := p.text[p.pos]; b {
		case ')':
			p.pos++
			return append(values, value.String()), nil
		case '(':
			return nil, p.fault("a parenthesis in a value needs a backslash")
		case ',':
			values = append(values, value.String())
			value.Reset()
		case '\\':
			if next := p.pos + 1; next < len(p.text) && strings.IndexByte(`(),\`, p.text[next]) >= 0 {
				p.pos = next
			}
			value.WriteByte(p.text[p.pos])
		default:
			value.WriteByte(b)
		}
	}
	return nil, p.fault("a parenthesis is not closed")
}

// join reads and or or, "" when neither follows.
func (p *parser) join() Join {
	p.space()
	for _, j := range []Join{And, Or} {
		if rest := p.text[p.pos:]; len(rest) >= len(j) && strings.EqualFold(rest[:len(j)], string(j)) {
			p.pos += len(j)
			return j
		}
	}
	return ""
}

func (p *parser) accept(b byte) bool {
	p.space()
	if p.pos == len(p.text) || p.text[p.pos] != b {
		return false
	}
	p.pos++
	return true
}

func (p *parser) space() {
	for p.pos < len(p.text) && (p.text[p.pos] == ' ' || p.text[p.pos] == '\t' || p.text[p.pos] == '\n') {
		p.pos++
	}
}
