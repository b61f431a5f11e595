package vault

import "bytes"

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
