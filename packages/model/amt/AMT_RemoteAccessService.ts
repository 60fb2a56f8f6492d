import { base64, boolean, defineClass, enumOf, method, reference, string, uint16, uint32 } from "../define.ts";
import { infoFormats, sessionTriggers } from "../value-maps.ts";
import { CIM_Service } from "../cim/CIM_Service.ts";

/** @source protocols B.13 */
export const mpsAuthentications = { mutual: 1, usernamePassword: 2 } as const;

/** Calls management presence servers from outside the company.  @source class catalogue */
export const AMT_RemoteAccessService = defineClass("AMT_RemoteAccessService", {
  extends: CIM_Service,
  properties: {
    IsRemoteTunnelConnected: boolean({ readonly: true, since: "17.0" }),
    RemoteTunnelKeepAliveTimeout: uint32({ since: "17.0" }),
  },
  methods: {
    AddMpServer: method({
      input: {
        AccessInfo: string(),
        InfoFormat: enumOf(infoFormats),
        Port: uint16(),
        AuthMethod: enumOf(mpsAuthentications),
        Certificate: reference("AMT_PublicKeyCertificate", { optional: true }),
        Username: string({ optional: true }),
        Password: string({ optional: true, secret: true }),
        CN: string({ optional: true }),
      },
      output: { MpServer: reference("AMT_ManagementPresenceRemoteSAP") },
    }),
    AddRemoteAccessPolicyRule: method({
      input: {
        Trigger: enumOf(sessionTriggers),
        TunnelLifeTime: uint32(),
        ExtendedData: base64({ optional: true }),
        MpServer: reference("AMT_ManagementPresenceRemoteSAP", { list: true }),
        InternalMpServer: reference("AMT_ManagementPresenceRemoteSAP", { list: true }),
      },
      output: { PolicyRule: reference("AMT_RemoteAccessPolicyRule") },
    }),
    CloseRemoteAccessConnection: method(),
  },
});
