// Opens the status page in a real browser, as people do: phone and desk, light and
// dark, French and English, mouse and keyboard. Prints TAP; exit 1 on a failure.
//
//   node test/web/run.mjs [--pages FOLDER] [--shots FOLDER]
//
// Pages come from the test_samples program of the newest build unless --pages names
// a folder that holds them. npm packages live under build/web and are installed there
// (npm ci) when they are missing; nothing else is fetched, and the pages may ask for
// nothing but themselves: that is one of the things tested.
import { spawnSync } from 'node:child_process'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import zlib from 'node:zlib'

const here = path.dirname(fileURLToPath(import.meta.url))
const root = path.resolve(here, '../..')
const home = path.join(root, 'build', 'web')
const option = (name) => {
  const i = process.argv.indexOf(name)
  return i > 0 ? process.argv[i + 1] : undefined
}

function install () {
  fs.mkdirSync(home, { recursive: true })
  for (const f of ['package.json', 'package-lock.json']) fs.copyFileSync(path.join(here, f), path.join(home, f))
  if (fs.existsSync(path.join(home, 'node_modules/axe-core')) && fs.existsSync(path.join(home, 'node_modules/playwright-core'))) return
  const r = spawnSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: home, stdio: ['ignore', 2, 2] })
  if (r.status !== 0) throw new Error('npm ci failed in ' + home)
}

function samples () {
  if (option('--pages')) return path.resolve(option('--pages'))
  const built = fs.readdirSync(path.join(root, 'build'))
    .map((d) => path.join(root, 'build', d, 'src/test_samples'))
    .filter((f) => fs.existsSync(f))
    .sort((a, b) => fs.statSync(b).mtimeMs - fs.statSync(a).mtimeMs)
  if (!built.length) throw new Error('no build has test_samples: build first, or give --pages')
  const folder = path.join(home, 'pages')
  fs.rmSync(folder, { recursive: true, force: true })
  const r = spawnSync(built[0], [], { env: { ...process.env, CARENE_SOURCE: root, CARENE_SAMPLES: folder }, stdio: ['ignore', 'ignore', 2] })
  if (r.status !== 0) throw new Error(built[0] + ' failed')
  return folder
}

const types = { '.html': 'text/html; charset=utf-8', '.xml': 'application/atom+xml', '.json': 'application/json', '.svg': 'image/svg+xml' }
function serve (folder) {
  const server = createServer((req, res) => {
    const file = path.join(folder, path.normalize(new URL(req.url, 'http://x').pathname))
    if (!file.startsWith(folder) || !fs.existsSync(file)) { res.writeHead(404); return res.end() }
    res.writeHead(200, { 'content-type': types[path.extname(file)] ?? 'text/plain' })
    res.end(fs.readFileSync(file))
  })
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)))
}

let count = 0
let failures = 0
function ok (good, name, why = '') {
  count++
  if (!good) failures++
  console.log(`${good ? 'ok' : 'not ok'} ${count} - ${name}`)
  if (!good && why) console.log('# ' + String(why).replaceAll('\n', '\n# '))
}

const SAMPLES = ['calm', 'outage', 'maintenance', 'new', 'large']
const PAGES = ['index.html', 'en.html', 'history.html', 'history-en.html']
const VIEWS = [{ width: 360, height: 740, deviceScaleFactor: 2 }, { width: 1200, height: 900, deviceScaleFactor: 1 }]
const AXE = { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'], rules: { 'color-contrast-enhanced': { enabled: true } } }

install()
const { chromium } = createRequire(path.join(home, 'package.json'))('playwright-core')
const axe = fs.readFileSync(path.join(home, 'node_modules/axe-core/axe.min.js'), 'utf8')
const pages = samples()
const shots = option('--shots')
if (shots) fs.mkdirSync(shots, { recursive: true })
const server = await serve(pages)
const origin = `http://127.0.0.1:${server.address().port}`
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium-headless-shell', args: ['--disable-dev-shm-usage'] })

async function open (view, scheme, url) {
  // axe is injected by the test, which the page's own policy rightly forbids.
  const context = await browser.newContext({
    viewport: { width: view.width, height: view.height }, deviceScaleFactor: view.deviceScaleFactor,
    colorScheme: scheme, bypassCSP: false, javaScriptEnabled: true, timezoneId: 'America/New_York'
  })
  const page = await context.newPage()
  const seen = { requests: [], trouble: [] }
  page.on('request', (r) => { if (!r.url().startsWith('data:')) seen.requests.push(r.url()) })
  page.on('console', (m) => { if (m.type() === 'error' || m.type() === 'warning') seen.trouble.push(m.text()) })
  page.on('pageerror', (e) => seen.trouble.push(String(e)))
  await page.goto(url, { waitUntil: 'load' })
  return { context, page, seen }
}

const looked = SAMPLES.flatMap((sample) => PAGES.map((name) => [sample, name]))
  .concat(fs.readdirSync(path.join(pages, 'notices')).map((name) => ['notices', name]))
for (const [sample, name] of looked) {
  {
    for (const view of VIEWS) {
      for (const scheme of ['light', 'dark']) {
        const url = `${origin}/${sample}/${name}`
        const what = `${sample}/${name} ${view.width} px ${scheme}`
        const { context, page, seen } = await open(view, scheme, url)
        ok(seen.requests.length === 1 && seen.requests[0] === url, `${what}: asks for nothing but itself`, seen.requests.join('\n'))
        const wide = await page.evaluate(() => document.scrollingElement.scrollWidth)
        ok(wide <= view.width, `${what}: does not scroll sideways`, `${wide} px wide`)
        await page.evaluate(axe) // in the page's world, outside its policy: not a script of the page
        const found = await page.evaluate((o) => window.axe.run(document, o), AXE)
        ok(found.violations.length === 0, `${what}: axe finds no violation`,
          found.violations.map((v) => `${v.id}: ${v.help}\n` + v.nodes.slice(0, 3).map((n) => `  ${n.html.slice(0, 160)}\n  ${n.failureSummary}`).join('\n')).join('\n'))
        ok(seen.trouble.length === 0, `${what}: the console stays silent`, seen.trouble.join('\n'))
        if (shots) await page.screenshot({ path: path.join(shots, `${sample}-${name}-${view.width}-${scheme}.png`), fullPage: sample !== 'large' })
        await context.close()
      }
    }
  }
}

// ---- the button of an acknowledgement link ----
for (const view of VIEWS) {
  const { context, page } = await open(view, 'light', `${origin}/notices/ask-fr.html`)
  await page.keyboard.press('Tab')
  const at = await page.evaluate(() => ({ name: document.activeElement.localName, height: document.activeElement.getBoundingClientRect().height, bottom: document.activeElement.getBoundingClientRect().bottom }))
  ok(at.name === 'button' && at.height >= 44, `notices/ask ${view.width} px: the keyboard lands on the one button, 44 px high`, JSON.stringify(at))
  ok(at.bottom <= view.height, `notices/ask ${view.width} px: the button is in the first view`, JSON.stringify(at))
  await context.close()
}

// ---- the bars, by keyboard and by mouse ----
for (const name of ['index.html', 'en.html']) {
  for (const view of VIEWS) {
    const what = `outage/${name} ${view.width} px`
    const { context, page } = await open(view, 'light', `${origin}/outage/${name}`)
    const want = await page.$$eval('.b [tabindex]', (as) => as.length)
    const reached = new Set()
    const silent = []
    for (let i = 0; i < want + 40; i++) {
      await page.keyboard.press('Tab')
      const at = await page.evaluate(() => {
        const a = document.activeElement
        if (!a || !a.matches('.b [tabindex]')) return null
        const s = a.querySelector('span')
        return { index: [...document.querySelectorAll('.b [tabindex]')].indexOf(a), text: s.textContent, opacity: getComputedStyle(s).opacity, outline: getComputedStyle(a).outlineStyle, box: s.getBoundingClientRect().toJSON() }
      })
      if (!at) continue
      reached.add(at.index)
      if (at.opacity !== '1' || at.outline === 'none' || !/\d/.test(at.text) || at.box.left < 0 || at.box.right > view.width) silent.push(JSON.stringify(at))
    }
    ok(want > 0 && reached.size === want, `${what}: the keyboard reaches each of the ${want} days that have something to tell`, `${reached.size} reached`)
    ok(silent.length === 0, `${what}: a focused day shows its minutes and its outline, inside the page`, silent.join('\n'))
    const bar = page.locator('.p').nth(1).locator('.b [tabindex]').first()
    await bar.hover()
    ok(await bar.locator('span').evaluate((s) => getComputedStyle(s).opacity) === '1', `${what}: so does a day under the mouse`)
    const run = page.locator('.p').nth(1).locator('.b li[class]').first()
    await run.hover({ position: { x: 6, y: 20 } })
    ok(await run.locator('span').evaluate((s) => getComputedStyle(s).opacity) === '1', `${what}: and a run of good days`)
    const widths = await page.$$eval('.b ol', (os) => os.map((o) => [...o.children].reduce((n, li) => n + Math.round(li.getBoundingClientRect().width / (o.getBoundingClientRect().width / 90)), 0)))
    ok(widths.every((n) => n === 90), `${what}: the days of each component add up to ninety`, widths.join(' '))
    if (shots) {
      await bar.focus()
      await page.screenshot({ path: path.join(shots, `focus-${name}-${view.width}.png`) })
    }
    await context.close()
  }
}

// ---- what the other languages, the links and the rules of size promise ----
for (const sample of SAMPLES) {
  const bytes = fs.readFileSync(path.join(pages, sample, 'index.html'))
  if (sample === 'large') {
    const packed = zlib.gzipSync(bytes).length
    ok(packed <= 30 * 1024, `${sample}: fifty components are under 30 KiB compressed (${packed})`)
  } else {
    ok(bytes.length <= 30 * 1024, `${sample}: the first view is under 30 KiB (${bytes.length})`)
  }
  ok(!/<script|javascript:|\son[a-z]+=/i.test(bytes.toString()), `${sample}: no script`)
  for (const name of PAGES) {
    const { context, page } = await open(VIEWS[1], 'light', `${origin}/${sample}/${name}`)
    const links = await page.$$eval('a[href],link[href]', (as) => as.map((a) => a.href))
    const broken = []
    for (const link of new Set(links)) {
      const u = new URL(link)
      if (u.protocol === 'mailto:' || u.protocol === 'data:') continue
      const file = path.join(pages, u.pathname)
      if (u.origin !== origin || !fs.existsSync(file)) broken.push(link)
      else if (u.hash && !fs.readFileSync(file, 'utf8').includes(`id="${u.hash.slice(1)}"`)) broken.push(link)
    }
    ok(broken.length === 0, `${sample}/${name}: each link leads somewhere`, broken.join('\n'))
    await context.close()
  }
}

// ---- states without colour: each has its own word and its own shape ----
{
  const { context, page } = await open(VIEWS[1], 'light', `${origin}/maintenance/index.html`)
  const states = await page.$$eval('.p .s', (ps) => ps.map((p) => [p.className, p.textContent.trim(), p.querySelector('use').getAttribute('href')].join(' | ')))
  const kinds = new Set(states)
  ok(new Set(states.map((s) => s.split(' | ')[1])).size === kinds.size && new Set(states.map((s) => s.split(' | ')[2])).size === kinds.size, 'each state has a word and a shape of its own', states.join('\n'))
  const drawn = await page.evaluate(() => {
    // Contrast of shapes and bars with the ground they are drawn on (WCAG 1.4.11: 3:1).
    const luminance = (rgb) => rgb.match(/[\d.]+/g).slice(0, 3).map((v) => v / 255).map((v) => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4).reduce((n, v, i) => n + v * [0.2126, 0.7152, 0.0722][i], 0)
    const ground = luminance(getComputedStyle(document.body).backgroundColor)
    return [...document.querySelectorAll('.g path, .s .i')].map((e) => {
      const c = getComputedStyle(e)
      const ink = luminance(e.matches('path') ? c.stroke : c.fill)
      return (Math.max(ink, ground) + 0.05) / (Math.min(ink, ground) + 0.05)
    })
  })
  ok(drawn.length > 0 && drawn.every((r) => r >= 3), 'shapes and bars stand out 3:1 from the paper', drawn.join(' '))
  await context.close()
}
for (const scheme of ['light', 'dark']) {
  const { context, page } = await open(VIEWS[0], scheme, `${origin}/outage/index.html`)
  const low = await page.evaluate(() => [...document.querySelectorAll('.top a, .more a, footer li a')].filter((a) => a.getBoundingClientRect().height < 44).map((a) => a.textContent))
  ok(low.length === 0, `${scheme}: touch targets are 44 px high`, low.join('\n'))
  await context.close()
}

await browser.close()
server.close()
console.log(`1..${count}`)
console.error(`${count - failures} of ${count} hold`)
process.exit(failures ? 1 : 0)
