/** A WS-Addressing endpoint reference: names one instance of one class. @source DSP0226 "Endpoint references" */
export interface EndpointReference {
  readonly address: string;
  readonly resourceUri: string;
  /** Key name to value; a value may itself be a reference (association classes). */
  readonly selectors: Selectors;
}

export type Selectors = Readonly<Record<string, string | EndpointReference>>;
