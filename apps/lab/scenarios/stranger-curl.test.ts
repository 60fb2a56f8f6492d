import assert from "node:assert/strict";
import { aLoneDevice } from "../lone-device.ts";
import { run } from "../programs.ts";
import { defineScenario } from "../scenarios.ts";

const get = (uri: string): string =>
  `<?xml version="1.0"?><s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing" xmlns:w="http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd"><s:Header><a:Action>http://schemas.xmlsoap.org/ws/2004/09/transfer/Get</a:Action><a:To>/wsman</a:To><w:ResourceURI>${uri}</w:ResourceURI><a:MessageID>uuid:1</a:MessageID><a:ReplyTo><a:Address>http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous</a:Address></a:ReplyTo></s:Header><s:Body/></s:Envelope>`;
const amt = "http://intel.com/wbem/wscim/1/amt-schema/1/";

export default defineScenario({
  name: "stranger-curl",
  story:
    "curl logs in by digest and reads a virtual device, plain and over TLS, and a wrong password gets the firmware's page",
  smallSize: 1,
  async play({ say }) {
    await using lone = await aLoneDevice("127.90.2.1");
    const { address, username, password } = lone;
    const login = ["--digest", "--user", `${username}:${password}`];
    const asked = ["--silent", "--max-time", "20", "-H", "Content-Type: application/soap+xml;charset=UTF-8"];
    for (const url of [`http://${address}:16992/wsman`, `https://${address}:16993/wsman`]) {
      const body = get(`${amt}AMT_GeneralSettings`);
      const answer = await run("curl", [...asked, ...login, "--insecure", "--include", "--data-binary", body, url]);
      assert.equal(answer.code, 0, answer.stderr);
      assert.match(answer.stdout, /HTTP\/1\.1 401 Unauthorized\r\n/);
      assert.match(
        answer.stdout,
        /HTTP\/1\.1 200 OK\r\nDate: [^\r]+ GMT\r\nServer: Intel\(R\) Active Management Technology 16/,
      );
      assert.match(answer.stdout, /<g:HostName>lone<\/g:HostName>/);
      const missing = await run("curl", [
        ...asked,
        ...login,
        "--insecure",
        "--include",
        "--data",
        get(`${amt}AMT_Nothing`),
        url,
      ]);
      assert.match(missing.stdout, /HTTP\/1\.1 400 Bad Request/);
      assert.match(missing.stdout, /b:DestinationUnreachable/);
      const wrong = await run("curl", [
        ...asked,
        "--digest",
        "--user",
        `${username}:wrong`,
        "--insecure",
        "--data",
        body,
        url,
      ]);
      assert.match(wrong.stdout, /Log on failed\. Incorrect user name or password/);
      say(`${url}: read, missed and refused as by firmware`);
    }
    const version = (await run("curl", ["--version"])).stdout.split(" ")[1] ?? "";
    return { curl: version };
  },
});
