module nazorat-hsm

go 1.26.0

require (
	github.com/miekg/pkcs11 v1.1.2
	golang.org/x/mod v0.42.0
)
