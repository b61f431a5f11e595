package signin_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"testing"

	"nazorat/internal/signin"
)

const (
	domain = "nazorat.example"
	origin = "https://nazorat.example"
)

// Flags of authenticator data, as WebAuthn numbers them.
const (
	present  = 1 << 0
	verified = 1 << 2
	attested = 1 << 6
)

// authenticator is a key of one officer, as a device would hold it.
type authenticator struct {
	id, handle []byte
	key        *ecdsa.PrivateKey
	counter    uint32
	flags      byte
	domain     string
	origin     string
}

func newAuthenticator(t *testing.T) *authenticator {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	id := make([]byte, 32)
	_, _ = rand.Read(id)
	return &authenticator{id: id, key: key, flags: present | verified, domain: domain, origin: origin}
}

// asked is what of the options the device looks at.
type asked struct {
	PublicKey struct {
		Challenge string `json:"challenge"`
		RPID      string `json:"rpId"`
		RP        struct {
			ID string `json:"id"`
		} `json:"rp"`
		User struct {
			ID string `json:"id"`
		} `json:"user"`
		UserVerification       string `json:"userVerification"`
		AuthenticatorSelection struct {
			ResidentKey      string `json:"residentKey"`
			UserVerification string `json:"userVerification"`
		} `json:"authenticatorSelection"`
		AllowCredentials   []any  `json:"allowCredentials"`
		ExcludeCredentials []any  `json:"excludeCredentials"`
		Attestation        string `json:"attestation"`
	} `json:"publicKey"`
}

func read(t *testing.T, options []byte) asked {
	t.Helper()
	var a asked
	if err := json.Unmarshal(options, &a); err != nil {
		t.Fatalf("%v: %s", err, options)
	}
	return a
}

var b64 = base64.RawURLEncoding

func (a *authenticator) client(kind, challenge string) []byte {
	out, _ := json.Marshal(map[string]any{"type": kind, "challenge": challenge, "origin": a.origin, "crossOrigin": false})
	return out
}

func (a *authenticator) data(flags byte) []byte {
	rp := sha256.Sum256([]byte(a.domain))
	a.counter++
	return binary.BigEndian.AppendUint32(append(rp[:], flags), a.counter)
}

// create makes the key and answers as navigator.credentials.create does.
func (a *authenticator) create(t *testing.T, options []byte) []byte {
	t.Helper()
	ask := read(t, options)
	a.handle, _ = b64.DecodeString(ask.PublicKey.User.ID)
	var cose bytes.Buffer
	point, err := a.key.PublicKey.Bytes() // 4, x, y
	if err != nil {
		t.Fatal(err)
	}
	cose.Write([]byte{0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20})
	cose.Write(point[1:33])
	cose.Write([]byte{0x22, 0x58, 0x20})
	cose.Write(point[33:])
	data := a.data(a.flags | attested)
	data = append(data, make([]byte, 16)...) // of no known model
	data = binary.BigEndian.AppendUint16(data, uint16(len(a.id)))
	data = append(append(data, a.id...), cose.Bytes()...)
	var object bytes.Buffer
	object.WriteString("\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x59")
	_ = binary.Write(&object, binary.BigEndian, uint16(len(data)))
	object.Write(data)
	return a.answer(map[string]any{"clientDataJSON": b64.EncodeToString(a.client("webauthn.create", ask.PublicKey.Challenge)),
		"attestationObject": b64.EncodeToString(object.Bytes()), "transports": []string{"usb", "<script>"}})
}

// get signs a challenge as navigator.credentials.get does.
func (a *authenticator) get(t *testing.T, options []byte) []byte {
	t.Helper()
	client, data := a.client("webauthn.get", read(t, options).PublicKey.Challenge), a.data(a.flags)
	hash := sha256.Sum256(client)
	sum := sha256.Sum256(append(bytes.Clone(data), hash[:]...))
	signature, err := ecdsa.SignASN1(rand.Reader, a.key, sum[:])
	if err != nil {
		t.Fatal(err)
	}
	return a.answer(map[string]any{"clientDataJSON": b64.EncodeToString(client), "authenticatorData": b64.EncodeToString(data),
		"signature": b64.EncodeToString(signature), "userHandle": b64.EncodeToString(a.handle)})
}

func (a *authenticator) answer(response map[string]any) []byte {
	id := b64.EncodeToString(a.id)
	out, _ := json.Marshal(map[string]any{"id": id, "rawId": id, "type": "public-key", "clientExtensionResults": map[string]any{}, "response": response})
	return out
}

func ceremonies(t *testing.T, k *signin.Keeper) *signin.Ceremonies {
	t.Helper()
	c, err := k.Ceremonies(signin.RelyingParty{Domain: domain, Name: "Nazorat", Origins: []string{origin}})
	if err != nil {
		t.Fatal(err)
	}
	return c
}
