//go:build !(linux || darwin || freebsd || netbsd || openbsd || dragonfly)

package look

import (
	"errors"
	"os"
)

// lock says that this system has no lock that goes with its process: then there is no spool.
func lock(*os.File) error { return errors.ErrUnsupported }
