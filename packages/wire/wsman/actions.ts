/** Namespaces of WS-Management as AMT speaks it. @source protocols A.7; DSP0226 */
export const ns = {
  soap: "http://www.w3.org/2003/05/soap-envelope",
  wsa: "http://schemas.xmlsoap.org/ws/2004/08/addressing",
  wsman: "http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd",
  wxf: "http://schemas.xmlsoap.org/ws/2004/09/transfer",
  wsen: "http://schemas.xmlsoap.org/ws/2004/09/enumeration",
  wse: "http://schemas.xmlsoap.org/ws/2004/08/eventing",
  wsmid: "http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd",
  cimBinding: "http://schemas.dmtf.org/wbem/wsman/1/cimbinding.xsd",
  cimCommon: "http://schemas.dmtf.org/wbem/wscim/1/common",
  trust: "http://schemas.xmlsoap.org/ws/2005/02/trust",
  wsse: "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd",
  xsi: "http://www.w3.org/2001/XMLSchema-instance",
  xml: "http://www.w3.org/XML/1998/namespace",
} as const;

/** The address that means "answer on this connection". */
export const anonymous = "http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous";

/** Action URIs; a method's is the class URI, a slash and its name. @source protocols A.8 */
export const actions = {
  get: `${ns.wxf}/Get`,
  getResponse: `${ns.wxf}/GetResponse`,
  put: `${ns.wxf}/Put`,
  putResponse: `${ns.wxf}/PutResponse`,
  create: `${ns.wxf}/Create`,
  createResponse: `${ns.wxf}/CreateResponse`,
  delete: `${ns.wxf}/Delete`,
  deleteResponse: `${ns.wxf}/DeleteResponse`,
  enumerate: `${ns.wsen}/Enumerate`,
  enumerateResponse: `${ns.wsen}/EnumerateResponse`,
  pull: `${ns.wsen}/Pull`,
  pullResponse: `${ns.wsen}/PullResponse`,
  release: `${ns.wsen}/Release`,
  releaseResponse: `${ns.wsen}/ReleaseResponse`,
} as const;
