// The client's types of campaigns are the service's own.
import { expectTypeOf, it } from 'vitest'
import type * as client from '../../../client/src/campaign-answers.ts'
import type { Problem } from '../../../client/src/index.ts'
import type {
  CampaignDefaultsInput,
  CampaignRowInput,
  CreateCampaignParamsInput,
  ListRowsParams,
} from '../../../lib/campaigns/params.ts'
import type {
  CampaignList,
  CampaignView,
  RetryAnswer,
  RowList,
  RowView,
  SimilarPaid,
} from '../../../lib/campaigns/view.ts'

type Flat<T> = T extends object ? { [K in keyof T]: T[K] } : T

// Checked by tsc, not when the test runs.
it('what campaigns take is what the service takes', () => {
  expectTypeOf<Flat<client.CampaignRow>>().toEqualTypeOf<Flat<CampaignRowInput>>()
  expectTypeOf<Flat<client.CampaignDefaults>>().toEqualTypeOf<Flat<CampaignDefaultsInput>>()
  expectTypeOf<keyof client.CreateCampaignParams>().toEqualTypeOf<keyof CreateCampaignParamsInput>()
  expectTypeOf<client.CampaignRowsParams['outcome']>().toEqualTypeOf<ListRowsParams['outcome']>()
})

it('what they are answered is what the service answers', () => {
  expectTypeOf<Omit<client.Campaign, 'defaults'>>().toEqualTypeOf<Omit<CampaignView, 'defaults'>>()
  expectTypeOf<Flat<client.Campaign['defaults']>>().toEqualTypeOf<Flat<CampaignView['defaults']>>()
  expectTypeOf<keyof client.RetriedCampaign>().toEqualTypeOf<keyof RetryAnswer>()
  expectTypeOf<client.CampaignRowResult>().toEqualTypeOf<RowView>()
  expectTypeOf<client.CampaignRowList>().toEqualTypeOf<RowList>()
  expectTypeOf<client.CampaignList['meta']>().toEqualTypeOf<CampaignList['meta']>()
  expectTypeOf<Flat<client.SimilarPaid>>().toEqualTypeOf<Flat<SimilarPaid>>()
  expectTypeOf<NonNullable<Problem['state']>>().toEqualTypeOf<CampaignView['state']>()
})
