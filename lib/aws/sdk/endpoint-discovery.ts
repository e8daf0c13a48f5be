// Endpoint discovery is for Timestream and for what came before DynamoDB's accounts' endpoints; it is off unless somebody asks for it.
// The bundler puts this in the place of @aws-sdk/middleware-endpoint-discovery.

/** The client's configuration as it is. */
export const resolveEndpointDiscoveryConfig = <C>(config: C): C => config

export const NODE_ENDPOINT_DISCOVERY_CONFIG_OPTIONS = {
  environmentVariableSelector: () => false,
  configFileSelector: () => false,
  default: false,
}
