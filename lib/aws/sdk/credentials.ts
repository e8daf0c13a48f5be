// Lambda has its credentials in the environment and nowhere else; the SDK's whole provider chain would double a bundle.
// The bundler puts this in the place of @aws-sdk/credential-provider-node (serverless.yml, custom.esbuild.alias).
import { fromEnv } from '@aws-sdk/credential-provider-env'

export const defaultProvider = fromEnv
