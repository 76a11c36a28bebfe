package zohohub

// FileOption is an option of the calls that send or fetch a file: those of [Attachments], and of [Files] too.
type FileOption interface {
	UploadOption
	anyFile()
}

// UploadOption is an option of [Files.Upload] and [Files.UploadAll]. Every [FileOption] is one.
type UploadOption interface{ applyFile(*fileConfig) }

// fileConfig is what the options of a call for files add up to.
type fileConfig struct {
	progress func(done, total int64)
	inline   bool
}

func newFileConfig[O UploadOption](opts []O) fileConfig {
	var c fileConfig
	for _, o := range opts {
		if any(o) != nil {
			o.applyFile(&c)
		}
	}
	return c
}

type progress func(done, total int64)

func (p progress) applyFile(c *fileConfig) { c.progress = p }
func (p progress) anyFile()                {}

// Progress has f called as a file is sent or fetched, after each piece: done is how many bytes of it are through, total how
// many it has, -1 where that is not known. Of several files that go together it is the sum. When a file has to be sent
// again done begins anew. f is called on the goroutine that does the work, which waits for it; never twice at a time, nor
// after the call has returned, unless the context ended while f was running.
func Progress(f func(done, total int64)) FileOption { return progress(f) }

type inline struct{}

func (inline) applyFile(c *fileConfig) { c.inline = true }

// Inline uploads images for the text of a mail. Without it files are for the fields of records.
func Inline() UploadOption { return inline{} }
