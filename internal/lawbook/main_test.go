package lawbook

import (
	"testing"

	"nazorat/internal/browsertest"
)

func TestMain(m *testing.M) { browsertest.Main(m) }
