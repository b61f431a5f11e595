package main

import (
	"crypto/ed25519"
	"errors"
	"fmt"

	"github.com/miekg/pkcs11"
)

// What PKCS#11 v3.0 calls these; the library's constants are of v2.40.
const (
	keyEdwards       = 0x40   // CKK_EC_EDWARDS
	makeEdwards      = 0x1055 // CKM_EC_EDWARDS_KEY_PAIR_GEN
	signEdDSA        = 0x1057 // CKM_EDDSA
	derOctets   byte = 0x04
)

// edwards25519 is the curve's name as a PrintableString, which PKCS#11 v3.0 wants as CKA_EC_PARAMS.
var edwards25519 = append([]byte{0x13, 12}, "edwards25519"...)

// module is a token that is logged in to.
type module struct {
	ctx     *pkcs11.Ctx
	session pkcs11.SessionHandle
	private pkcs11.ObjectHandle
	public  ed25519.PublicKey
	again   func() error // opens it anew
}

func open(library, token, pin, label string, generate bool) (*module, error) {
	m := &module{ctx: pkcs11.New(library)}
	if m.ctx == nil {
		return nil, fmt.Errorf("%s cannot be loaded", library)
	}
	if err := m.ctx.Initialize(); err != nil {
		m.ctx.Destroy()
		return nil, fmt.Errorf("initialise %s: %w", library, err)
	}
	m.again = func() error { return m.login(token, pin, label, false) }
	if err := m.login(token, pin, label, generate); err != nil {
		m.close()
		return nil, err
	}
	return m, nil
}

func (m *module) login(token, pin, label string, generate bool) error {
	slots, err := m.ctx.GetSlotList(true)
	if err != nil {
		return fmt.Errorf("list tokens: %w", err)
	}
	found := false
	for _, slot := range slots {
		info, err := m.ctx.GetTokenInfo(slot)
		if err != nil || info.Label != token {
			continue
		}
		found = true
		if m.session, err = m.ctx.OpenSession(slot, pkcs11.CKF_SERIAL_SESSION|pkcs11.CKF_RW_SESSION); err != nil {
			return fmt.Errorf("open the token %s: %w", token, err)
		}
		break
	}
	if !found {
		return fmt.Errorf("there is no token %s", token)
	}
	if err := m.ctx.Login(m.session, pkcs11.CKU_USER, pin); err != nil && !errors.Is(err, pkcs11.Error(pkcs11.CKR_USER_ALREADY_LOGGED_IN)) {
		return fmt.Errorf("log in to the token %s: %w", token, err)
	}
	if m.private, err = m.find(pkcs11.CKO_PRIVATE_KEY, label); errors.Is(err, errNone) && generate {
		if err := m.generate(label); err != nil {
			return err
		}
		m.private, err = m.find(pkcs11.CKO_PRIVATE_KEY, label)
	}
	if err != nil {
		return err
	}
	public, err := m.find(pkcs11.CKO_PUBLIC_KEY, label)
	if err != nil {
		return err
	}
	list, err := m.ctx.GetAttributeValue(m.session, public, []*pkcs11.Attribute{pkcs11.NewAttribute(pkcs11.CKA_EC_POINT, nil)})
	if err != nil || len(list) != 1 {
		return fmt.Errorf("read the public key %s: %w", label, err)
	}
	point := list[0].Value
	if len(point) == 2+ed25519.PublicKeySize && point[0] == derOctets && int(point[1]) == ed25519.PublicKeySize {
		point = point[2:]
	}
	if len(point) != ed25519.PublicKeySize {
		return fmt.Errorf("the public key %s is none of Ed25519", label)
	}
	m.public = point
	probe := []byte("nazorat-hsm: is this key the other half?\n")
	sig, err := m.signOnce(probe)
	if err != nil {
		return err
	}
	if !ed25519.Verify(m.public, probe, sig) {
		return fmt.Errorf("the two keys %s are not of one pair, or the token signs another way", label)
	}
	return nil
}

var errNone = errors.New("there is no such key in the token")

func (m *module) find(class uint, label string) (pkcs11.ObjectHandle, error) {
	template := []*pkcs11.Attribute{pkcs11.NewAttribute(pkcs11.CKA_CLASS, class), pkcs11.NewAttribute(pkcs11.CKA_KEY_TYPE, keyEdwards), pkcs11.NewAttribute(pkcs11.CKA_LABEL, label)}
	if err := m.ctx.FindObjectsInit(m.session, template); err != nil {
		return 0, fmt.Errorf("look for %s: %w", label, err)
	}
	list, _, err := m.ctx.FindObjects(m.session, 2)
	if err := errors.Join(err, m.ctx.FindObjectsFinal(m.session)); err != nil {
		return 0, fmt.Errorf("look for %s: %w", label, err)
	}
	switch len(list) {
	case 0:
		return 0, fmt.Errorf("%s: %w", label, errNone)
	case 1:
		return list[0], nil
	}
	return 0, fmt.Errorf("%s: the token has more than one such key", label)
}

func (m *module) generate(label string) error {
	public := []*pkcs11.Attribute{pkcs11.NewAttribute(pkcs11.CKA_TOKEN, true), pkcs11.NewAttribute(pkcs11.CKA_VERIFY, true),
		pkcs11.NewAttribute(pkcs11.CKA_LABEL, label), pkcs11.NewAttribute(pkcs11.CKA_ID, []byte(label)), pkcs11.NewAttribute(pkcs11.CKA_EC_PARAMS, edwards25519)}
	private := []*pkcs11.Attribute{pkcs11.NewAttribute(pkcs11.CKA_TOKEN, true), pkcs11.NewAttribute(pkcs11.CKA_PRIVATE, true), pkcs11.NewAttribute(pkcs11.CKA_SENSITIVE, true),
		pkcs11.NewAttribute(pkcs11.CKA_EXTRACTABLE, false), pkcs11.NewAttribute(pkcs11.CKA_SIGN, true), pkcs11.NewAttribute(pkcs11.CKA_LABEL, label), pkcs11.NewAttribute(pkcs11.CKA_ID, []byte(label))}
	_, _, err := m.ctx.GenerateKeyPair(m.session, []*pkcs11.Mechanism{pkcs11.NewMechanism(makeEdwards, nil)}, public, private)
	if err != nil {
		return fmt.Errorf("make the key %s: %w", label, err)
	}
	return nil
}

func (m *module) signOnce(text []byte) ([]byte, error) {
	if err := m.ctx.SignInit(m.session, []*pkcs11.Mechanism{pkcs11.NewMechanism(signEdDSA, nil)}, m.private); err != nil {
		return nil, fmt.Errorf("sign: %w", err)
	}
	sig, err := m.ctx.Sign(m.session, text)
	if err != nil {
		return nil, fmt.Errorf("sign: %w", err)
	}
	return sig, nil
}

// sign signs; a session that has died (a token taken out, a module restarted) is opened once more.
func (m *module) sign(text []byte) ([]byte, error) {
	sig, err := m.signOnce(text)
	if err == nil {
		return sig, nil
	}
	_ = m.ctx.CloseSession(m.session)
	was := m.public
	if again := m.again(); again != nil {
		return nil, errors.Join(err, again)
	}
	if !m.public.Equal(was) {
		return nil, errors.New("the token has another key by now")
	}
	return m.signOnce(text)
}

func (m *module) close() {
	_ = m.ctx.Finalize()
	m.ctx.Destroy()
}
