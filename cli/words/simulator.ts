// Words: redpack simulator. What the simulator itself says stands in simulator/src/words.ts.
import { both } from './both.ts'

export const simulatorHelp = {
  simulator: both(
    'run a WeChat Pay simulator, for this service or any other library',
    '运行微信支付模拟器，可供本服务或任何其他库使用',
  ),
}
