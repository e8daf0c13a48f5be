// What the commands before and after a deployment have in common: how they are called, and about which stage and region they speak.

/** serverless.yml's. */
const REGION = 'ap-southeast-1'

type Values = { stage?: string | undefined; region?: string | undefined; help?: boolean | undefined }

/**
 * @param argumentsOf throws what is wrong with the arguments
 * @returns what the process exits with: 2 if it was called wrongly, which prints the usage
 */
export async function command<V extends Values>(
  usage: string,
  argumentsOf: (args: string[]) => V,
  run: (stage: string, region: string, values: V) => Promise<number>,
): Promise<number> {
  let values: V
  try {
    values = argumentsOf(process.argv.slice(2))
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${usage}`)
    return 2
  }
  if (values.help || values.stage === undefined) {
    console.log(usage)
    return values.help ? 0 : 2
  }
  return await run(values.stage, values.region ?? process.env.AWS_REGION ?? REGION, values)
}
