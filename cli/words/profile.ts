// Words: redpack profile, and what is said of the profile in effect.
import { both } from './both.ts'

export const profile = {
  testName: both(
    (name: string) => `${name}, test`,
    (name) => `${name}，测试`,
  ),
  test: both('test', '测试'),
  live: both('pays real money', '真实付款'),
  places: { keychain: both('keychain', '系统钥匙串'), file: both('file', '文件') },
  alone: both(
    '--profile cannot be combined with --endpoint, --keyid, --secret or --secret-file: a profile has all of them',
    '--profile 不能与 --endpoint、--keyid、--secret、--secret-file 同用：配置中已包含它们',
  ),
  unused: both(
    (name: string, variables: string) =>
      `Profile ${name} (REDPACK_PROFILE) is used; also set and not used: ${variables}`,
    (name, variables) => `使用配置 ${name}（REDPACK_PROFILE）；以下变量虽已设置但不使用：${variables}`,
  ),
  none: both(
    (name: string, names: string) =>
      names === ''
        ? `There is no profile ${name}, nor any other. Add it: redpack profile add ${name} --endpoint URL --keyid ID`
        : `There is no profile ${name}. Those there are: ${names}`,
    (name, names) =>
      names === ''
        ? `没有配置 ${name}，也没有其他配置。可添加：redpack profile add ${name} --endpoint 地址 --keyid 调用方`
        : `没有配置 ${name}。已有：${names}`,
  ),
  orProfile: both(
    (names: string) => `Or name a profile with --profile: ${names}`,
    (names) => `或用 --profile 指定配置：${names}`,
  ),
  badName: both(
    'A profile’s name is 1 to 40 letters, digits, dots, dashes and underscores, and begins with a letter or digit',
    '配置名称须为 1 至 40 个字母、数字、点、横线或下划线，以字母或数字开头',
  ),
  exists: both(
    (name: string) => `There is a profile ${name} already. To write over it and its secret: --replace`,
    (name) => `已有配置 ${name}。要覆盖它和它的密钥，请加 --replace`,
  ),
  secretFlag: both(
    'The secret is not taken from the command line, where others on this machine can see it. Leave --secret out and type it when asked, or give --secret-file (- for standard input)',
    '不接受命令行上的密钥，同一台机器的其他用户能看到命令行。请去掉 --secret，按提示输入，或用 --secret-file（- 表示标准输入）',
  ),
  noProfileFlag: both(
    'profile add takes no --profile: the name stands behind add',
    'profile add 不接受 --profile：名称写在 add 之后',
  ),
  needs: both(
    'Give --endpoint and --keyid, and the secret when asked or by --secret-file; or set REDPACK_ENDPOINT, REDPACK_KEYID and REDPACK_SECRET, and give none of them',
    '请给出 --endpoint 与 --keyid，密钥按提示输入或用 --secret-file；也可以设置 REDPACK_ENDPOINT、REDPACK_KEYID、REDPACK_SECRET，此时不带这些选项',
  ),
  needsSecret: both(
    'Cannot ask for the secret (no terminal). Give --secret-file FILE, or - for standard input',
    '无法询问密钥（没有终端）。请用 --secret-file 指定文件，- 表示标准输入',
  ),
  askSecret: both(
    (keyid: string) => `Secret of ${keyid} (base64):`,
    (keyid) => `${keyid} 的密钥（base64）：`,
  ),
  noKeychain: both(
    (name: string) =>
      `The secret cannot be kept in the keychain (${name}): it is missing, locked or not running. Nothing was changed. To keep it in a file that only you can read: --store file`,
    (name) =>
      `无法把密钥存入系统钥匙串（${name}）：没有安装、已锁定或没有运行。没有改动。要存入只有您能读取的文件，请用 --store file`,
  ),
  secretMissing: both(
    (name: string, place: string) =>
      `The secret of the profile ${name} cannot be read (${place}). Store it again: redpack profile add ${name} --replace …`,
    (name, place) => `读不到配置 ${name} 的密钥（${place}）。请重新存入：redpack profile add ${name} --replace …`,
  ),
  added: both(
    (name: string, place: string) => `Profile ${name} is stored, its secret in: ${place}`,
    (name, place) => `已保存配置 ${name}，密钥存于：${place}`,
  ),
  inFile: both(
    (folder: string) => `No keychain was used: the secret stands in ${folder}, readable by you alone`,
    (folder) => `没有使用钥匙串：密钥存于 ${folder}，只有您能读取`,
  ),
  next: both(
    (command: string) => `Check it: ${command}`,
    (command) => `请检查：${command}`,
  ),
  head: both(['profile', 'kind', 'keyid', 'endpoint', 'secret'], ['配置', '类别', '调用方', '服务地址', '密钥']),
  empty: both(
    'There are no profiles. redpack profile add NAME --endpoint URL --keyid ID',
    '还没有配置。redpack profile add 名称 --endpoint 地址 --keyid 调用方',
  ),
  isDefault: both(
    (name: string) => `Used unless another is named: ${name}`,
    (name) => `没有另外指定时使用：${name}`,
  ),
  noDefault: both(
    'None is used unless it is named (--profile, REDPACK_PROFILE)',
    '没有默认配置：用 --profile 或 REDPACK_PROFILE 指定才会使用',
  ),
  noneInEffect: both(
    (variable: string) =>
      `No profile is in effect: flags or variables say where the service is, or nothing does (${variable}, redpack profile use)`,
    (variable) => `当前没有使用配置：由选项或环境变量决定，或都没有设置（${variable}、redpack profile use）`,
  ),
  labels: {
    secret: both('secret', '密钥'),
    table: both('table', '表'),
    prefix: both('prefix', '密钥前缀'),
    by: both('chosen by', '依据'),
  },
  by: {
    flag: both('--profile', '--profile'),
    variable: both('REDPACK_PROFILE', 'REDPACK_PROFILE'),
    default: both('redpack profile use', 'redpack profile use'),
  },
  askRemove: both('Remove this profile and its secret?', '删除这个配置及其密钥？'),
  kept: both('Nothing was removed.', '没有删除。'),
  removed: both(
    (name: string) => `Removed: ${name}, with its secret`,
    (name) => `已删除：${name} 及其密钥`,
  ),
  useOne: both('Give a name, or --none', '请给出名称，或 --none'),
  malformed: both(
    (file: string) => `${file} is not a file of profiles that this version can read. Mend or remove it`,
    (file) => `${file} 不是本版本能读取的配置文件：请修复或删除`,
  ),
  exposed: both(
    (file: string, fix: string) =>
      `Others on this machine can read or change ${file}, so it is not used. Only you may:\n    ${fix}\n  Then make a new secret for the caller: redpack caller rotate`,
    (file, fix) =>
      `这台机器的其他用户能读取或改动 ${file}，因此不使用它。请改为只有您能读写：\n    ${fix}\n  然后更换调用方的密钥：redpack caller rotate`,
  ),
  foreign: both(
    (file: string) => `${file} belongs to another user of this machine, so it is not used`,
    (file) => `${file} 属于这台机器的其他用户，因此不使用它`,
  ),
  noTable: both(
    (name: string) =>
      `The profile ${name} has no table: give --table, or store it: redpack profile add ${name} --table … --replace`,
    (name) => `配置 ${name} 没有表：请用 --table，或存入配置：redpack profile add ${name} --table … --replace`,
  ),
  noPrefix: both(
    (name: string) =>
      `The profile ${name} has no prefix of secrets: give --prefix, or store it: redpack profile add ${name} --prefix … --replace`,
    (name) => `配置 ${name} 没有密钥前缀：请用 --prefix，或存入配置：redpack profile add ${name} --prefix … --replace`,
  ),
}

export const profileHelp = {
  profile: both('services under names, with the secret in the keychain', '为服务取名保存，密钥存入系统钥匙串'),
  profileFlag: both(
    'the profile to use, of redpack profile list (REDPACK_PROFILE)',
    '使用的配置，见 redpack profile list（REDPACK_PROFILE）',
  ),
  profileAdd: both('store a service and its caller under a name', '以一个名称保存服务与调用方'),
  profileList: both('list the profiles', '列出配置'),
  profileShow: both(
    'show one profile, or the one in effect; never its secret',
    '查看一个配置，或当前使用的配置；不显示密钥',
  ),
  profileRemove: both('remove a profile and its secret', '删除配置及其密钥'),
  profileUse: both('use this profile unless another is named', '没有另外指定时使用这个配置'),
  profileName: both('name of the profile', '配置名称'),
  profileShowName: both('name of the profile (default: the one in effect)', '配置名称（默认为当前使用的）'),
  profileSecretFile: both(
    'file with the secret, - for standard input (default: it is asked for)',
    '存有密钥的文件，- 表示标准输入（默认询问）',
  ),
  profileStore: both(
    'where the secret is kept: keychain or file (default: the keychain, if it works)',
    '密钥存于何处：keychain 钥匙串或 file 文件（默认钥匙串，不可用时存文件）',
  ),
  profileTest: both('no real money: its name stands in another colour', '不是真实付款：名称用另一种颜色显示'),
  profileTable: both(
    'DynamoDB table, for stop, resume, release, forget and doctor',
    'DynamoDB 表，用于 stop、resume、release、forget 与 doctor',
  ),
  profilePrefix: both(
    'prefix of the secrets, for merchant, caller, reconcile and doctor',
    '密钥前缀，用于 merchant、caller、reconcile 与 doctor',
  ),
  profileReplace: both('write over a profile of this name', '覆盖同名配置'),
  profileNone: both('use none unless it is named', '取消默认配置'),
  profileAfter: both(
    `
What counts, the first that is there:
  1. --profile NAME
  2. --endpoint, --keyid, --secret-file; what they leave out comes from the variables
  3. REDPACK_PROFILE
  4. REDPACK_ENDPOINT, REDPACK_KEYID, REDPACK_SECRET or REDPACK_SECRET_FILE
  5. the profile of redpack profile use
A profile is never mixed with the others. --table and --prefix come before the profile's own; REDPACK_TABLE and
REDPACK_SECRET_PREFIX come after a profile that was named, and before the one of redpack profile use.

At a terminal, what moves money asks first, with the profile's name: [prod], or [dev, test] in another colour.

Secrets are kept in the macOS Keychain, by secret-tool on Linux, in the Windows Credential Manager, or else in a file
that only you can read (~/.config/redpack, or REDPACK_CONFIG_DIR).`,
    `
按以下顺序，先有的生效：
  1. --profile 名称
  2. --endpoint、--keyid、--secret-file；没有给出的取自环境变量
  3. REDPACK_PROFILE
  4. REDPACK_ENDPOINT、REDPACK_KEYID、REDPACK_SECRET 或 REDPACK_SECRET_FILE
  5. redpack profile use 指定的配置
配置不会与其他来源混用。--table、--prefix 优先于配置中的值；REDPACK_TABLE、REDPACK_SECRET_PREFIX 排在指名的配置之后、
redpack profile use 的配置之前。

在终端上，凡会付款的操作都先询问，并带上配置名称：[prod]；测试配置为 [dev，测试]，颜色不同。

密钥存于 macOS 钥匙串、Linux 的 secret-tool 或 Windows 凭据管理器；都没有时存于只有您能读取的文件（~/.config/redpack，
或 REDPACK_CONFIG_DIR）。`,
  ),
  profileAddAfter: both(
    `
Examples:
  redpack profile add prod --endpoint https://a1b2c3d4e5.execute-api.ap-southeast-1.amazonaws.com --keyid shop-1
  redpack profile add dev --test --endpoint http://127.0.0.1:3000 --keyid local --secret-file secret.txt
  redpack --profile prod doctor`,
    `
示例：
  redpack profile add prod --endpoint https://a1b2c3d4e5.execute-api.ap-southeast-1.amazonaws.com --keyid shop-1
  redpack profile add dev --test --endpoint http://127.0.0.1:3000 --keyid local --secret-file secret.txt
  redpack --profile prod doctor`,
  ),
}
