// Opens the calendar's month page in a real browser: phone and desk, light and dark, French
// and English, without script. Prints TAP; exit 1 on a failure.
//
//   node test/web/calendar.mjs --pages FOLDER [--shots FOLDER]
//
// FOLDER/calendar holds the samples that test_calendar writes (CARENE_SAMPLES). The npm
// packages are those of run.mjs, under build/web.
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..')
const option = (name) => process.argv.includes(name) ? process.argv[process.argv.indexOf(name) + 1] : undefined
const home = path.join(root, 'build', 'web')
const folder = path.join(path.resolve(option('--pages') ?? path.join(home, 'pages')), 'calendar')
const shots = option('--shots')
const { chromium } = createRequire(path.join(home, 'package.json'))('playwright-core')
const axe = fs.readFileSync(path.join(home, 'node_modules/axe-core/axe.min.js'), 'utf8')
const AXE = { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'], rules: { 'color-contrast-enhanced': { enabled: true } } }
const VIEWS = [{ width: 360, height: 740 }, { width: 1200, height: 900 }]

let count = 0
let failures = 0
function ok (good, name, why = '') {
  count++
  if (!good) failures++
  console.log(`${good ? 'ok' : 'not ok'} ${count} - ${name}`)
  if (!good && why) console.log('# ' + String(why).replaceAll('\n', '\n# '))
}

const server = createServer((req, res) => {
  const file = path.join(folder, path.basename(new URL(req.url, 'http://x').pathname))
  if (!fs.existsSync(file)) { res.writeHead(404); return res.end() }
  res.writeHead(200, { 'content-type': 'text/html; charset=utf-8' })
  res.end(fs.readFileSync(file))
})
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
const origin = `http://127.0.0.1:${server.address().port}`
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium-headless-shell', args: ['--disable-dev-shm-usage'] })

async function open (view, scheme, name) {
  const context = await browser.newContext({ viewport: view, colorScheme: scheme })
  const page = await context.newPage()
  const seen = { requests: [], trouble: [] }
  page.on('request', (r) => { if (!r.url().startsWith('data:')) seen.requests.push(r.url()) })
  page.on('console', (m) => { if (['error', 'warning'].includes(m.type())) seen.trouble.push(m.text()) })
  page.on('pageerror', (e) => seen.trouble.push(String(e)))
  await page.goto(`${origin}/${name}`, { waitUntil: 'load' })
  return { context, page, seen }
}

for (const name of fs.readdirSync(folder).sort()) {
  for (const view of VIEWS) {
    for (const scheme of ['light', 'dark']) {
      const what = `calendar/${name} ${view.width} px ${scheme}`
      const { context, page, seen } = await open(view, scheme, name)
      ok(seen.requests.length === 1, `${what}: asks for nothing but itself`, seen.requests.join('\n'))
      const wide = await page.evaluate(() => document.scrollingElement.scrollWidth)
      ok(wide <= view.width, `${what}: does not scroll sideways`, `${wide} px wide`)
      const styled = await page.evaluate(() => getComputedStyle(document.querySelector('.cal')).tableLayout)
      ok(styled === 'fixed', `${what}: its policy lets both of its sheets in`, styled)
      await page.evaluate(axe)
      const found = await page.evaluate((o) => window.axe.run(document, o), AXE)
      ok(found.violations.length === 0, `${what}: axe finds no violation`,
        found.violations.map((v) => `${v.id}: ${v.help}\n` + v.nodes.slice(0, 3).map((n) => `  ${n.html.slice(0, 160)}\n  ${n.failureSummary}`).join('\n')).join('\n'))
      ok(seen.trouble.length === 0, `${what}: the console stays silent`, seen.trouble.join('\n'))
      const low = await page.evaluate(() => [...document.querySelectorAll('nav a')].filter((a) => a.getBoundingClientRect().height < 44).map((a) => a.textContent))
      ok(low.length === 0, `${what}: touch targets are 44 px high`, low.join('\n'))
      if (shots) {
        fs.mkdirSync(shots, { recursive: true })
        await page.screenshot({ path: path.join(shots, `${name}-${view.width}-${scheme}.png`), fullPage: true })
      }
      await context.close()
    }
  }
  // the table, as a screen reader walks it
  const { context, page } = await open(VIEWS[1], 'light', name)
  const table = await page.evaluate(() => {
    const t = document.querySelector('table')
    return {
      caption: t.caption.textContent,
      heads: [...t.querySelectorAll('th')].map((h) => [h.scope, h.textContent]),
      rows: [...t.tBodies[0].rows].map((r) => r.cells.length),
      days: [...t.querySelectorAll('td')].map((d) => d.querySelector('time').dateTime),
      spoken: [...t.querySelectorAll('td')].every((d) => /\d{4}/.test(d.textContent))
    }
  })
  ok(/2027/.test(table.caption), `${name}: the table says which month it is`, table.caption)
  ok(table.heads.length === 7 && table.heads.every(([scope]) => scope === 'col'), `${name}: seven headings of columns`, JSON.stringify(table.heads))
  ok(table.rows.every((n) => n === 7), `${name}: each week has seven days`, table.rows.join(' '))
  const steps = table.days.slice(1).map((d, i) => (new Date(d) - new Date(table.days[i])) / 864e5)
  ok(new Date(table.days[0]).getUTCDay() === 1 && steps.every((s) => s === 1), `${name}: days follow each other from a Monday`, table.days.join(' '))
  ok(table.spoken, `${name}: each day says its whole date to those who only hear it`)
  await context.close()
  // on a phone only days with something on them take place
  const phone = await open(VIEWS[0], 'light', name)
  const empty = await phone.page.evaluate(() => [...document.querySelectorAll('td.e')].filter((d) => d.getBoundingClientRect().height > 0).length)
  const kept = await phone.page.evaluate(() => [...document.querySelectorAll('td:not(.e):not(.o)')].every((d) => d.getBoundingClientRect().height > 0))
  ok(empty === 0 && kept, `${name}: a phone shows a list of the days that have something`, `${empty} empty days`)
  await phone.context.close()
  ok(!/<script|javascript:|\son[a-z]+=/i.test(fs.readFileSync(path.join(folder, name), 'utf8')), `${name}: no script`)
}

await browser.close()
server.close()
console.log(`1..${count}`)
console.error(`${count - failures} of ${count} hold`)
process.exit(failures ? 1 : 0)
