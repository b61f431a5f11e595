package vault

import (
	"bytes"
	"errors"
	"io"
	"syscall"
)

// Examined is what a file is by its bytes; "" for one that is not taken.
func Examined(b []byte) (kind string, width, height int, memory int64) {
	kind, s, err := examine(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		return "", 0, 0, 0
	}
	return kind, s.width, s.height, s.memory
}

// MostMemory is how much it may take to decode a picture.
const MostMemory = mostMemory

// Full lets the disk take so many bytes of each draft and no more.
func (d *Disk) Full(after int) {
	d.into = func(f *Draft) io.Writer { return &full{f, after} }
}

type full struct {
	*Draft
	left int
}

func (f *full) Write(b []byte) (int, error) {
	if len(b) <= f.left {
		f.left -= len(b)
		return f.Draft.Write(b)
	}
	n, err := f.Draft.Write(b[:f.left])
	f.left = 0
	return n, errors.Join(err, syscall.ENOSPC)
}
