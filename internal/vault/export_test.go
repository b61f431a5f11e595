package vault

import (
	"bytes"
	"errors"
	"io"
	"runtime"
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

// Full lets the disk take the drafts before one, counted from 1, and half of what is written to that one first.
func (d *Disk) Full(at int) {
	n := 0
	d.into = func(f *Draft) io.Writer {
		if n++; n == at {
			return full{f}
		}
		return f
	}
}

// Dies lets the goroutine end, as a process would, when the draft with that number, counted from 1, is to be written.
func (d *Disk) Dies(at int) {
	n := 0
	d.into = func(f *Draft) io.Writer {
		if n++; n == at {
			d.into = whole
			runtime.Goexit()
		}
		return f
	}
}

type full struct{ *Draft }

func (f full) Write(b []byte) (int, error) {
	n, err := f.Draft.Write(b[:len(b)/2])
	return n, errors.Join(err, syscall.ENOSPC)
}
