// An identity provider for the tests: oidc-provider with its own pages, on which
// whatever login is typed is who somebody is. Arguments: where it sends people
// back to. It says its address once it serves.
import http from "node:http";
import Provider from "oidc-provider";

const server = http.createServer();
server.listen(0, "localhost", () => {
  const issuer = `http://localhost:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients: [{
      client_id: "nazorat",
      client_secret: "the secret of the tests, and no other",
      redirect_uris: [process.argv[2]],
      response_types: ["code"],
      grant_types: ["authorization_code"],
      token_endpoint_auth_method: "client_secret_basic",
    }],
    pkce: { required: () => true },
    cookies: { keys: ["a key of the tests"] },
    ttl: { Interaction: 600, Session: 600, Grant: 600, AuthorizationCode: 60, AccessToken: 600, IdToken: 600 },
    findAccount: (_ctx, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
    // The office is the state's own: nobody is asked whether it may know who he is.
    async loadExistingGrant(ctx) {
      const grant = new ctx.oidc.provider.Grant({ clientId: ctx.oidc.client.clientId, accountId: ctx.oidc.session.accountId });
      grant.addOIDCScope("openid");
      await grant.save();
      return grant;
    },
  });
  server.on("request", provider.callback());
  console.log(issuer);
});
