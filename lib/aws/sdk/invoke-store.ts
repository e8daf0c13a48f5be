// Lambda's store of several invocations at once: a function here has one, whose trace is in the environment, where the SDK finds it.
// The bundler puts this in the place of @aws/lambda-invoke-store.

export const InvokeStore = { getInstanceAsync: async () => undefined }
