// No operation that is used here streams events. The bundler puts this in the place of @smithy/core/event-streams.

export const eventStreamSerdeProvider = undefined

/** The client's configuration as it is. */
export const resolveEventStreamSerdeConfig = <C>(config: C): C => config

export class EventStreamSerde {
  constructor() {
    throw new Error('event streams are not in this bundle (serverless.yml, custom.esbuild.alias)')
  }
}
