#!/usr/bin/python3
"""The report page in a real browser: charts that are drawn, controls that work, layouts that fit, files that attack.

Usage: report_page_test.py MNIST_PROGRAM SOURCE_FOLDER. Exits 77 (skipped) where chromium, its driver or selenium are missing. The browser is
started once; every test opens its own page from a file, as a reader would, without a network. Left out: how it looks, which people judge."""

import functools
import http.server
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import unittest

SKIPPED = 77
try:
    from selenium import webdriver
    from selenium.webdriver.chrome.options import Options
    from selenium.webdriver.chrome.service import Service
    from selenium.webdriver.common.by import By
    from selenium.webdriver.common.keys import Keys
except ImportError:
    print("skipped: python3-selenium is not installed")
    sys.exit(SKIPPED)
CHROMIUM = shutil.which("chromium")
DRIVER = shutil.which("chromedriver")
if not CHROMIUM or not DRIVER:
    print("skipped: chromium or chromium-driver is not installed")
    sys.exit(SKIPPED)

PROGRAM, SOURCE = (pathlib.Path(argument).resolve() for argument in sys.argv[1:3])
RESULTS = sorted((SOURCE / "results").glob("*/*.json"))
TRAININGS = [file for file in RESULTS if "bench" not in file.name]
GOLDEN = SOURCE / "tests" / "golden" / "train_result.json"
PATIENCE_S = 20

# What a file may try: an end of the script element, tags, attributes, a comment, control characters, a reversal of the text's direction.
ATTACKS = [
    "</script><script>window.attacked = 1</script>",
    "<img src=x onerror='window.attacked = 2'>",
    "\"><svg onload=window.attacked=3>",
    "<!--<script>",
    "'); window.attacked = 4; ('",
    "{{script}}",
    "bell\u0007 escape\u001b[31m zero-width\u200b reversed\u202egnp.exe",
    "line\u2028separator",
    "long" * 200,
]


def start_browser():
    options = Options()
    options.binary_location = CHROMIUM
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    return webdriver.Chrome(service=Service(DRIVER), options=options)


class PageTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.scratch = tempfile.TemporaryDirectory()
        cls.folder = pathlib.Path(cls.scratch.name)
        cls.browser = start_browser()
        cls.browser.set_page_load_timeout(60)
        cls.whole_page = cls.report("whole.html", [GOLDEN, *RESULTS])

    @classmethod
    def tearDownClass(cls):
        cls.browser.quit()
        cls.scratch.cleanup()

    @classmethod
    def report(cls, name, files):
        page = cls.folder / name
        subprocess.run([PROGRAM, "report", *files, "--out", page], check=True, stdout=subprocess.DEVNULL)
        return page

    def open(self, page, width=1200, scheme="light", address=None, ready=True):
        self.browser.get_log("browser")  # what came before is not this page's
        self.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride",
                                     {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600})
        self.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]})
        self.browser.get(address or page.as_uri())
        if ready:
            self.wait_for("return document.documentElement.dataset.ready === 'true'", "the page is ready")

    def js(self, script, *arguments):
        return self.browser.execute_script(script, *arguments)

    def wait_for(self, script, what):
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            if self.js(script):
                return
            time.sleep(0.05)
        self.fail(f"waited {PATIENCE_S} s in vain until {what}")

    def draw_all(self):
        self.js("window.dispatchEvent(new Event('beforeprint'))")

    def assert_silent_console(self):
        self.assertEqual([], [entry["message"] for entry in self.browser.get_log("browser")])

    def button(self, section, text):
        return self.browser.find_element(By.XPATH, f"//section[@id='{section}']//button[contains(normalize-space(.), '{text}')]")

    def assert_whole_without_scripts(self):
        """All that the data says stands on the page: figures' numbers are open, what is folded opens without a script."""
        self.assertIsNone(self.js("return document.documentElement.dataset.ready || null"))
        self.assertEqual(self.js("return document.querySelectorAll('figure').length"), self.js("return document.querySelectorAll('figure > details[open]').length"))
        self.js("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
        text = self.js("return document.body.innerText")
        data = json.loads(self.js("return document.getElementById('report-data').textContent"))
        flat = lambda sentence: re.sub(r"\s+", " ", sentence)
        for sentence in data["summary"] + data["pooled"] + [comparison["summary"] for comparison in data["comparisons"]]:
            self.assertIn(flat(sentence), flat(text))
        count = lambda selector: self.js("return [...document.querySelectorAll(arguments[0])].filter((e) => e.getClientRects().length).length", selector)
        self.assertEqual(sum(len(experiment["optimizers"]) for experiment in data["experiments"]), count("#results > .joint tbody tr"))
        self.assertEqual(sum(len(experiment["optimizers"]) for experiment in data["experiments"]), count("#results details .tablebox tbody tr"))
        matrices = sum(len(o["confusion"]) for experiment in data["experiments"][:6] for o in experiment["optimizers"])
        self.assertGreater(matrices, 0)
        self.assertEqual(matrices, count("#confusion .grid .heat tbody tr"))
        self.assertGreater(count("#confusion .difference .heat tbody tr"), 0)
        self.assertEqual(sum(len(comparison["rows"]) for comparison in data["comparisons"]), count("#comparison figure tbody tr"))
        self.assertEqual(sum(len(family["members"]) for ranking in data["rankings"] for family in ranking["families"]),
                         count("#machines .tablebox:has(caption) tbody tr"))
        points = sum(len(series["points"]) for series in data["throughput"])
        self.assertEqual(points, count("#throughput tbody tr"))
        self.assertEqual(len(data["times"]), count("#time figure tbody tr"))
        self.assertEqual(len(data["latencies"]), count("#latency tbody tr"))
        self.assertGreater(count("#facts .blocks tbody tr"), 1)
        self.assertIn("does not run here", text)
        self.assertEqual(0, self.js("return document.querySelectorAll('canvas, button').length"))

    # Tests

    def test_without_scripts_sentences_and_tables_are_there(self):
        self.browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
        self.addCleanup(self.browser.execute_cdp_cmd, "Emulation.setScriptExecutionDisabled", {"value": False})
        for width in (1200, 390):
            self.open(self.whole_page, width=width, ready=False)
            self.assert_whole_without_scripts()
            self.assertLessEqual(self.js("return document.documentElement.scrollWidth"), width)

    def test_where_a_server_forbids_scripts_sentences_and_tables_are_there(self):
        class Handler(http.server.SimpleHTTPRequestHandler):
            policy = ""

            def end_headers(self):
                self.send_header("Content-Security-Policy", self.policy)
                super().end_headers()

            def log_message(self, *arguments):
                pass

        # A build server's that shows what jobs left behind, and one that lets the page have its style at least.
        for policy in ("sandbox; default-src 'none'; img-src 'self'; style-src 'self'", "script-src 'none'"):
            Handler.policy = policy
            with http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Handler, directory=self.folder)) as server:
                threading.Thread(target=server.serve_forever, daemon=True).start()
                self.open(self.whole_page, address=f"http://127.0.0.1:{server.server_address[1]}/{self.whole_page.name}", ready=False)
                self.assert_whole_without_scripts()
                server.shutdown()

    def test_disturbed_rows_are_marked_and_say_why(self):
        rows = [{"name": f"Train/Adam/batch:{batch}", "run_type": "iteration", "real_time": 1, "time_unit": "s", "repetition_index": r,
                 "samples_per_second": 1000 + r, "other_cpu_share": 0.48 if batch == 64 or r == 0 else 0.0} for batch in (64, 256) for r in range(5)]
        (self.folder / "busy.json").write_text(json.dumps({"context": {}, "benchmarks": rows}))
        self.open(self.report("busy.html", [self.folder / "busy.json"]))
        marks = self.js("return [...document.querySelectorAll('#throughput .disturbed')].map((mark) => [mark.textContent, mark.title])")
        reason = "other processes took 48 % of the CPUs"
        self.assertEqual([["disturbed", reason], ["1 of 5 disturbed", reason]], marks)
        self.draw_all()
        self.assertIn("Hollow points are disturbed", self.js("return document.querySelector('#throughput figcaption').textContent"))
        points = self.js("""
            const chart = Chart.getChart(document.querySelector('#throughput canvas'));
            return [0, 1].map((index) => {
              chart.tooltip.setActiveElements([{datasetIndex: 0, index}], {x: 0, y: 0});
              chart.update();
              return [chart.getDatasetMeta(0).data[index].options.backgroundColor, chart.tooltip.body.flatMap((part) => part.lines).at(-1)];
            });""")
        self.assertEqual([f"disturbed: {reason}", f"1 of 5 disturbed: {reason}"], [point[1] for point in points])
        self.assertEqual("#ffffff", points[0][0])
        self.assertNotEqual("#ffffff", points[1][0])
        self.assert_silent_console()

    def test_every_section_is_there_in_order_with_its_heading(self):
        self.open(self.whole_page)
        wanted = ["summary", "machines", "results", "curves", "confusion", "throughput", "share", "time", "roofline", "latency", "history",
                  "benchmarks", "comparison", "pictures", "facts"]
        self.assertEqual(wanted, self.js("return [...document.querySelectorAll('main > section')].map(s => s.id)"))
        self.assertEqual(wanted, self.js("return [...document.querySelectorAll('nav a')].map(a => a.hash.slice(1))"))
        self.assert_silent_console()

    def test_charts_are_drawn_when_they_come_into_view(self):
        self.open(self.whole_page)
        canvases = self.browser.find_elements(By.CSS_SELECTOR, ".canvas canvas")
        self.assertGreater(len(canvases), 10)
        last = canvases[-1]
        self.assertFalse(self.js("return !!Chart.getChart(arguments[0])", last))  # far below the window
        for canvas in canvases:
            self.js("""for (let fold = arguments[0].closest('details'); fold; fold = fold.parentElement.closest('details')) fold.open = true;
                arguments[0].scrollIntoView()""", canvas)
            deadline = time.monotonic() + PATIENCE_S
            while not self.js("return !!Chart.getChart(arguments[0])", canvas) and time.monotonic() < deadline:
                time.sleep(0.02)
            inked = self.js("""
                const {width, height} = arguments[0];
                const pixels = arguments[0].getContext('2d').getImageData(0, 0, width, height).data;
                return pixels.reduce((sum, value, i) => sum + (i % 4 === 3 && value > 0 ? 1 : 0), 0);""", canvas)
            self.assertGreater(inked, 500, canvas.get_attribute("aria-label"))
        self.assert_silent_console()

    def test_points_have_the_colour_of_their_series(self):
        self.open(self.whole_page)
        self.js("document.querySelector('#throughput canvas').scrollIntoView()")
        self.wait_for("return !!Chart.getChart(document.querySelector('#throughput canvas'))", "the chart is drawn")
        differing = """const chart = Chart.getChart(document.querySelector('#throughput canvas'));
            const filled = (dataset) => dataset.data.findIndex((point) => !(point.disturbed && point.disturbed.spoilt));
            return chart.data.datasets.filter((d, i) => filled(d) >= 0 && chart.getDatasetMeta(i).data[filled(d)].options.backgroundColor !== d.backgroundColor).length"""
        self.assertEqual(0, self.js(differing))

    def test_every_chart_has_its_numbers_as_a_table(self):
        self.open(self.whole_page)
        rows = self.js("""
            return [...document.querySelectorAll('figure')].map((figure) => {
              const details = figure.querySelector(':scope > details');
              details.open = true;
              return details.querySelectorAll('tbody tr').length;
            });""")
        self.assertGreater(len(rows), 10)
        self.assertTrue(all(count > 0 for count in rows), rows)

    def test_legend_buttons_hide_series_by_mouse_and_keyboard(self):
        self.open(self.whole_page)
        self.draw_all()
        button = self.button("curves", "SGD")
        visible = """const chart = Chart.getChart(document.querySelector('#curves canvas'));
            return chart.data.datasets.map((d, i) => chart.isDatasetVisible(i) ? d.label : null).filter(l => l)"""
        self.assertIn("SGD", self.js(visible))
        self.js("arguments[0].scrollIntoView({block: 'center'})", button)
        button.click()
        self.assertNotIn("SGD", self.js(visible))
        self.assertIn("Adam", self.js(visible))
        self.assertEqual("false", button.get_attribute("aria-pressed"))
        button.send_keys(Keys.SPACE)
        self.assertIn("SGD", self.js(visible))
        self.assertEqual("true", button.get_attribute("aria-pressed"))

    def test_the_legend_of_a_comparison_names_verdicts_not_optimizers(self):
        base = next(file for file in RESULTS if "adam-threads-2" in file.name)
        other = json.loads(base.read_text())
        other["context"]["mnist.build.commit"] = "another"
        for row in other["benchmarks"]:
            if "batch:64" in row["name"]:
                row["real_time"] *= 1.5
        (self.folder / "other.json").write_text(json.dumps(other))
        self.open(self.report("verdicts.html", [base, self.folder / "other.json"]))
        self.draw_all()
        names = self.js("return [...document.querySelectorAll('#comparison figure button')].map(b => b.textContent.trim())")
        self.assertIn("Slower", names)
        self.assertTrue(set(names) <= {"Faster", "Slower", "Equivalent", "Inconclusive"}, names)

    def test_the_axis_switches_between_epochs_and_seconds(self):
        train = [file for file in RESULTS if file.name.endswith("-train.json") and "bench" not in file.name]
        self.open(self.report("axis.html", train))
        self.draw_all()
        title = "return Chart.getChart(document.querySelector('#curves canvas')).options.scales.x.title.text"
        last = "return Chart.getChart(document.querySelector('#curves canvas')).data.datasets[0].data.at(-1).x"
        self.assertEqual("Epoch", self.js(title))
        self.assertEqual(25, self.js(last))
        self.js("arguments[0].scrollIntoView({block: 'center'})", self.button("curves", "Seconds"))
        self.button("curves", "Seconds").click()
        self.assertEqual("Seconds of training", self.js(title))
        data = json.loads(self.js("return document.getElementById('report-data').textContent"))
        seconds = data["experiments"][0]["optimizers"][0]["curves"]["seconds"]
        self.assertAlmostEqual(seconds[-1], self.js(last))

    def test_matrices_switch_to_percent_and_the_difference_follows_its_menus(self):
        self.open(self.whole_page)
        cell = "return document.querySelector('#confusion .heat tbody tr td').textContent"
        counts = self.js(cell)
        button = self.button("confusion", "Percent")
        self.js("arguments[0].scrollIntoView({block: 'center'})", button)
        button.click()
        self.assertRegex(counts, r"^\d+$")
        self.assertRegex(self.js(cell), r"^\d+\.\d$")
        caption = "return document.querySelector('#confusion .difference caption').textContent"
        before = self.js(caption)
        self.js("document.querySelector('#confusion .difference').closest('details').open = true")
        select = self.browser.find_element(By.CSS_SELECTOR, "#confusion .difference select")
        self.js("arguments[0].value = '1'; arguments[0].dispatchEvent(new Event('change'))", select)
        self.assertNotEqual(before, self.js(caption))
        self.assertTrue(self.js(caption).startswith("SGD + Momentum, AMD EPYC 7763 minus"), self.js(caption))
        labels = self.js("return [...document.querySelector('#confusion .difference select').options].map((o) => o.textContent)")
        self.assertTrue(any("Intel Xeon with AMX" in label for label in labels), labels)  # matrices of other files can be taken away as well

    def test_the_record_has_its_worst_time_its_rules_and_what_they_object_to(self):
        rows = [{"name": "TimeToAccuracy/Record", "run_type": "iteration", "real_time": 0.4, "time_unit": "s", "repetition_index": r, "seed": r,
                 "seconds_to_target": 0.4 + r / 100, "test_accuracy": 97.1, "label": "Adam, 3 epochs; brgemm"} for r in range(10)]
        for name, count in (("ten.json", 10), ("four.json", 4)):
            context = {"mnist.dataset.name": "mnist", "mnist.dataset.synthetic": "false"}
            (self.folder / name).write_text(json.dumps({"context": context, "benchmarks": rows[:count]}))
        self.open(self.report("record.html", [self.folder / "ten.json", self.folder / "four.json"]))
        cells = self.js("return [...document.querySelectorAll('#time > .tablebox tbody tr')].map((r) => r.textContent)")
        self.assertEqual(2, len(cells))
        self.assertIn("0.490", cells[0])
        self.assertIn("as far as the file shows", cells[0])
        self.assertIn("no: 4 runs, not one of each seed 0 to 9", cells[1])
        self.js("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
        self.assertIn("random weights that its seed gives", self.js("return document.querySelector('#time').textContent"))
        self.draw_all()
        self.assertEqual(2, self.js("return Chart.getChart(document.querySelector('#time canvas')).data.datasets.flatMap((d) => d.data).length"))
        self.assert_silent_console()

    def test_each_precision_of_inference_is_a_series_of_its_own(self):
        rows = [{"name": f"Infer/batch:{batch}{word}", "run_type": "iteration", "real_time": 1, "time_unit": "ms", "samples_per_second": 1000 * batch,
                 "p50_us": 100 + batch, "max_us": 500} for batch in (1, 64) for word in ("", "/precision:bf16", "/precision:int8")]
        (self.folder / "infer.json").write_text(json.dumps({"context": {"mnist.config.threads": "2"}, "benchmarks": rows}))
        self.open(self.report("infer.html", [self.folder / "infer.json"]))
        self.draw_all()
        names = "return [...document.querySelectorAll('#{} figure button')].map((b) => b.textContent.trim())"
        self.assertEqual(["Inference, f32", "Inference, bf16", "Inference, int8"], self.js(names.format("throughput")))
        self.assertEqual([f"Latency of one call, {precision}" for precision in ("f32", "bf16", "int8")],
                         self.js("return [...document.querySelectorAll('#latency h4')].map((h) => h.textContent)"))
        self.assertEqual(["Half of the calls", "Longest"],
                         self.js("return [...document.querySelector('#latency figure').querySelectorAll('button')].map((b) => b.textContent.trim())"))
        colours = self.js("return Chart.getChart(document.querySelector('#throughput canvas')).data.datasets.map((d) => d.borderColor)")
        self.assertEqual(3, len(set(colours)))
        self.assert_silent_console()

    def test_of_several_files_latency_is_a_line_a_file_at_the_percentile_that_is_asked_for(self):
        for name, factor in (("fast.json", 1), ("slow.json", 3)):
            rows = [{"name": f"Infer/batch:{batch}{word}", "run_type": "iteration", "real_time": 1, "time_unit": "ms", "samples_per_second": 1000,
                     "p50_us": factor * 100, "p90_us": factor * 200, "p99_us": factor * 300, "max_us": factor * 5000}
                    for batch in (1, 64) for word in ("", "/precision:bf16")]
            (self.folder / name).write_text(json.dumps({"context": {"mnist.config.threads": "2"}, "benchmarks": rows}))
        self.open(self.report("latency.html", [self.folder / name for name in ("fast.json", "slow.json")]))
        self.draw_all()
        drawn = """return [...document.querySelectorAll('#latency canvas')].map((canvas) => Chart.getChart(canvas))
            .map((chart) => chart.data.datasets.map((d) => [d.label, d.data.map((p) => p.y)]))"""
        at = lambda y: [["fast.json", [y, y]], ["slow.json", [3 * y, 3 * y]]]
        self.assertEqual([at(100), at(100)], self.js(drawn))
        button = self.button("latency", "Longest")
        self.js("arguments[0].scrollIntoView({block: 'center'})", button)
        button.click()
        self.assertEqual([at(5000), at(5000)], self.js(drawn))
        self.assertEqual("Microseconds, the longest call", self.js("return Chart.getChart(document.querySelector('#latency canvas')).options.scales.y.title.text"))
        self.assert_silent_console()

    def test_a_chart_of_many_files_begins_with_some_and_draws_all_when_asked(self):
        names = [f"machine-{i}.json" for i in range(9)]
        for i, name in enumerate(names):
            rows = [{"name": f"Train/{optimizer}/batch:{batch}", "run_type": "iteration", "real_time": 1, "time_unit": "s",
                     "samples_per_second": 1000 + i} for optimizer in ("SGD", "Momentum", "Adam") for batch in (64, 256)[:1 + (i == 8)]]
            (self.folder / name).write_text(json.dumps({"context": {"mnist.machine.cpu_model": f"CPU {i % 2}"}, "benchmarks": rows}))
        self.open(self.report("crowd.html", [self.folder / name for name in names]))
        self.draw_all()
        shown = """const chart = Chart.getChart(document.querySelector('#throughput canvas'));
            return [...new Set(chart.data.datasets.filter((d, i) => chart.isDatasetVisible(i)).map((d) => d.data[0].source))]"""
        first = self.js(shown)
        self.assertEqual(4, len(first))
        self.assertIn("machine-8.json", first)  # has the most points
        self.assertIn("machine-1.json", first)  # the other machine
        self.assertIn("4 of 9 are drawn", self.js("return document.querySelector('#throughput').textContent"))
        button = self.button("throughput", "Draw all 9")
        self.js("arguments[0].scrollIntoView({block: 'center'})", button)
        button.click()
        self.assertEqual(9, len(self.js(shown)))
        self.assertEqual(0, self.js("return document.querySelectorAll('#throughput figure button.toggle[aria-pressed=false]').length"))
        self.assertNotIn("are drawn", self.js("return document.querySelector('#throughput').textContent"))
        self.assert_silent_console()

    def test_files_of_one_machine_and_build_are_one_side_of_a_comparison(self):
        base = next(file for file in RESULTS if "adam-threads-2" in file.name)
        content = json.loads(base.read_text())
        for name, model in (("again.json", None), ("elsewhere.json", "Another CPU")):
            if model:
                content["context"]["mnist.machine.cpu_model"] = model
            for row in content["benchmarks"]:
                row["real_time"] *= 1.01
            (self.folder / name).write_text(json.dumps(content))
        self.open(self.report("pooled.html", [base, self.folder / "again.json", self.folder / "elsewhere.json"]))
        self.assertEqual([f"Another CPU against AMD EPYC ({base.stem} + again)"],
                         self.js("return [...document.querySelectorAll('#comparison h3')].map((h) => h.textContent)"))
        self.assertIn("one configuration are taken together", self.js("return document.querySelector('#comparison').textContent"))
        self.assert_silent_console()

    def test_three_files_have_a_ranking_with_ties(self):
        for name, factor in (("one.json", 1), ("two.json", 1), ("three.json", 0.5)):
            rows = [{"name": "Sort/8", "run_type": "iteration", "real_time": factor * (100 + r % 5), "time_unit": "ms", "repetition_index": r}
                    for r in range(10)]
            (self.folder / name).write_text(json.dumps({"context": {"mnist.machine.cpu_model": name}, "benchmarks": rows}))
        self.open(self.report("ranked.html", [self.folder / name for name in ("one.json", "two.json", "three.json")]))
        rows = self.js("""return [...document.querySelector('#machines .tablebox:has(caption)').querySelectorAll('tbody tr')]
            .map((row) => [...row.children].slice(0, 2).map((cell) => cell.textContent))""")
        self.assertEqual([["three.json", "1"], ["one.json", "2="], ["two.json", "2="]], rows)
        self.assert_silent_console()

    def test_a_file_of_another_program_has_a_table_of_its_rows(self):
        rows = [{"name": "BM_Sort/8", "run_type": "iteration", "real_time": 250, "time_unit": "ns", "items_per_second": 4e6}]
        (self.folder / "foreign.json").write_text(json.dumps({"context": {"host_name": "h"}, "benchmarks": rows}))
        self.open(self.report("foreign.html", [self.folder / "foreign.json"]))
        text = self.js("return document.querySelector('#benchmarks > .tablebox tbody').innerText.replaceAll('\\t', ' ')")
        for part in ("BM_Sort/8", "250\u00a0ns", "items_per_second 4,000,000"):
            self.assertIn(part, text)
        self.assert_silent_console()

    def test_hover_says_value_interval_and_file(self):
        self.open(self.whole_page)
        self.draw_all()
        lines = self.js("""
            const chart = Chart.getChart(document.querySelector('#throughput canvas'));
            const series = chart.data.datasets.findIndex((d) => d.data.some((p) => p.high > p.low));
            const index = chart.data.datasets[series].data.findIndex((p) => p.high > p.low);
            chart.tooltip.setActiveElements([{datasetIndex: series, index}], {x: 0, y: 0});
            chart.update();
            return chart.tooltip.body.flatMap((part) => part.lines);""")
        text = "\n".join(lines)
        self.assertRegex(text, r"\d samples/s")
        self.assertRegex(text, r"\d samples/s to \d")
        self.assertRegex(text, r"\.json")

    def days(self, folder, count, label="nightly", commit=None, series=1):
        """A file a day: the host is a tenth slower from the tenth on, the program from the twentieth; the eighth is disturbed."""
        (self.folder / folder).mkdir()
        files = []
        for day in range(count):
            host = 1.1 if day >= 10 else 1
            program = 1.1 if day >= 20 else 1
            rows = [{"name": f"Train/Adam/batch:{64 << s}", "run_type": "iteration", "time_unit": "ms", "repetition_index": r, "samples_per_second": 1000,
                     "real_time": 100 * host * (program if s == 0 else 1) * (1 + 0.002 * (day * 7 % 5)), "peak_gflops": 200 / host * (1 + 0.001 * (day % 3)),
                     "other_cpu_share": 0.5 if day == 8 else 0} for s in range(series) for r in range(3)]
            context = {"mnist.build.version": "1", "mnist.machine.cpu_model": "Some CPU", "mnist.label": label, "mnist.build.onednn": "2.6.3",
                       "mnist.created": f"2026-01-{day + 1:02}T12:00:00Z", "mnist.build.commit": commit or f"{0xabc0000 + day:040x}"}
            files.append(self.folder / folder / f"day-{day}.json")
            files[-1].write_text(json.dumps({"context": context, "benchmarks": rows}))
        return files

    def test_a_history_is_drawn_with_its_changes_told_apart(self):
        self.open(self.report("history.html", self.days("history", 30)))
        self.draw_all()
        drawn = self.js("""
            const chart = Chart.getChart(document.querySelector('#history canvas'));
            return chart.data.datasets.map((d) => ({cause: d.cause || null, n: d.data.length, xs: d.data.map((p) => p.x), colour: d.borderColor, style: d.pointStyle,
                                                    hollow: d.data.map((p, i) => chart.getDatasetMeta(chart.data.datasets.indexOf(d)).data[i].options.backgroundColor)}));""")
        line, peak, *marks = drawn
        self.assertEqual([30, list(range(30))], [line["n"], line["xs"]])
        self.assertEqual(30, peak["n"])
        self.assertEqual({"machine": [10], "program": [20]}, {mark["cause"]: mark["xs"] for mark in marks})
        self.assertEqual(2, len({(mark["colour"], mark["style"]) for mark in marks}))
        self.assertEqual([8], [i for i, fill in enumerate(line["hollow"]) if fill == "#ffffff"])  # disturbed
        hover = lambda dataset, index: self.js("""
            const chart = Chart.getChart(document.querySelector('#history canvas'));
            chart.tooltip.setActiveElements([{datasetIndex: arguments[0], index: arguments[1]}], {x: 0, y: 0});
            chart.update();
            return [chart.tooltip.title.join(' '), chart.tooltip.body.flatMap((part) => part.lines).join(' | ')]""", dataset, index)
        title, text = hover(0, 3)
        self.assertEqual("2026-01-04T12:00:00Z", title)
        for part in ("commit 000000000000", "nightly", "oneDNN 2.6.3", "machine: peak 1.", "of the median speed"):
            self.assertIn(part, text)
        program = next(i for i, dataset in enumerate(drawn) if dataset["cause"] == "program")
        self.assertRegex(hover(program, 0)[1], r"slower, 0\.9\d+x .*: the program's")
        machine = next(i for i, dataset in enumerate(drawn) if dataset["cause"] == "machine")
        self.assertRegex(hover(machine, 0)[1], r": the machine's")
        ticks = self.js("return Chart.getChart(document.querySelector('#history canvas')).scales.x.ticks.map((tick) => tick.label)")
        self.assertEqual(["2026-01-01", "2026-01-16", "2026-01-30"], ticks)
        self.assert_silent_console()

    def test_a_history_of_many_series_opens_some_and_folds_the_others(self):
        self.open(self.report("series.html", self.days("series", 30, series=14)))
        count = "return document.querySelectorAll('#history figure').length - document.querySelectorAll('#history details figure').length"
        self.assertEqual(12, self.js(count))
        self.assertIn("2 more series", self.js("return document.querySelector('#history').textContent"))
        self.assertEqual("Train/Adam/batch:64", self.js("return document.querySelector('#history figure h4').textContent"))
        self.assert_silent_console()

    def test_hostile_labels_and_commits_of_a_history_stay_text(self):
        for i, attack in enumerate(ATTACKS[:5]):
            self.open(self.report(f"hostile-history-{i}.html", self.days(f"hostile-{i}", 24, label=attack, commit=attack)))
            self.draw_all()
            self.js("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
            lines = self.js("""
                const chart = Chart.getChart(document.querySelector('#history canvas'));
                return chart.data.datasets[0].data[3].lines.join(' ')""")
            self.assertIn(attack, lines)
            self.assertIn(attack[:12], self.js("return document.querySelector('#history').textContent"))
            self.assertIsNone(self.js("return window.attacked || null"))
            self.assertEqual(0, self.js("return document.querySelectorAll('img, svg, iframe, object, link').length"))
            self.assertEqual(3, self.js("return document.scripts.length"))
            self.assert_silent_console()

    def test_all_committed_results_fit_into_fifteen_screens(self):
        self.open(self.report("committed.html", RESULTS), width=1400)
        self.draw_all()
        self.assertLessEqual(self.js("return document.documentElement.scrollHeight"), 15 * 900)
        self.js("window.scrollTo(0, 5000)")
        box = self.js("const box = document.querySelector('nav').getBoundingClientRect(); return [box.top, box.bottom]")
        self.assertTrue(0 <= box[0] < box[1] <= 900, box)  # contents stay in sight
        self.assertEqual([10, 10, 10], self.js("return [...document.querySelectorAll('#pictures > [data-mistakes]')].map((list) => list.children.length)"))
        self.js("document.querySelectorAll('#pictures details').forEach((d) => { d.open = true; })")
        pictures = "return [...document.querySelectorAll('[data-mistakes] li')].every((item) => item.querySelectorAll('canvas').length === 1)"
        self.assertTrue(self.js(pictures))
        self.assertTrue(self.js("""
            const list = document.querySelector('[data-mistakes$=" 10"]');
            const [experiment, optimizer] = list.dataset.mistakes.split(' ').map(Number);
            return list.querySelector('canvas').title.startsWith(`test image ${report.experiments[experiment].optimizers[optimizer].mistakes[10].index}:`)"""))
        self.assert_silent_console()

    def test_curves_of_all_trainings_are_in_one_chart_with_a_log_axis_for_losses(self):
        self.open(self.report("curves.html", TRAININGS))
        self.draw_all()
        figures = self.js("""return [...document.querySelectorAll('#curves figure')].map((figure) => {
            const chart = Chart.getChart(figure.querySelector('canvas'));
            return [figure.querySelector('h4').textContent, chart.options.scales.y.type, chart.data.datasets.filter((d) => d.interval === 'band').length];})""")
        trained = sum(len(o["optimizers"]) for o in self.data_of(self.folder / "curves.html")["experiments"])
        self.assertEqual([["Test accuracy", "linear", trained], ["Test loss", "logarithmic", trained], ["Training loss", "logarithmic", trained]], figures)
        # No axis of losses begins far below the lowest: powers of ten left half of a chart empty.
        below = self.js("""return [...document.querySelectorAll('#curves figure')].slice(1).map((figure) => {
            const chart = Chart.getChart(figure.querySelector('canvas'));
            const lowest = Math.min(...chart.data.datasets.flatMap((d, i) => (chart.isDatasetVisible(i) ? d.data.map((p) => p.low) : [])));
            return chart.scales.y.min / lowest;})""")
        self.assertEqual(2, len([ratio for ratio in below if ratio > 0.5]), below)
        buttons = "return [...document.querySelectorAll('#curves figure:first-of-type .controls > .group > button')].length"
        self.assertLessEqual(self.js(buttons), 16)
        self.assert_silent_console()

    def test_one_batch_size_is_drawn_as_bars(self):
        self.open(self.report("bars.html", [GOLDEN]))
        self.draw_all()
        self.assertTrue(self.js("return Chart.getChart(document.querySelector('#throughput canvas')).data.datasets.every((d) => d.bars)"))
        self.assert_silent_console()

    def test_of_one_file_times_are_named_by_optimizer_alone(self):
        self.open(self.report("times.html", [next(file for file in RESULTS if file.name == "2026-11-25-train.json")]))
        self.draw_all()
        names = self.js("""const chart = Chart.getChart(document.querySelector('#time canvas'));
            return chart.scales.y.ticks.map((tick) => tick.label);""")
        self.assertEqual(["SGD", "SGD + Momentum", "Adam"], names)
        self.assert_silent_console()

    def test_the_point_of_the_first_epoch_is_drawn_whole(self):
        self.open(self.report("first.html", [next(file for file in RESULTS if file.name == "2026-11-25-train.json")]))
        self.draw_all()
        left = self.js("""return [...document.querySelectorAll('#curves canvas')].map((canvas) => {
            const chart = Chart.getChart(canvas), point = chart.getDatasetMeta(0).data[0], scale = chart.currentDevicePixelRatio;
            return canvas.getContext('2d').getImageData(Math.round((point.x - 2) * scale), Math.round(point.y * scale), 1, 1).data[3];})""")
        self.assertEqual(4, len([alpha for alpha in left if alpha > 200]), left)

    def data_of(self, page):
        html = page.read_text()
        begin = html.index('id="report-data">') + len('id="report-data">')
        return json.loads(html[begin:html.index("</script>", begin)])

    def test_hostile_files_stay_text(self):
        train = json.loads(GOLDEN.read_text())
        train["label"] = " ".join(ATTACKS)
        train["machine"]["cpu_model"] = ATTACKS[0]
        train["dataset"]["name"] = ATTACKS[1]
        train["build"]["commit"] = ATTACKS[2]
        train["runs"][0]["status"] = "diverged"
        train["runs"][0]["message"] = ATTACKS[0] + ATTACKS[6]
        bench = {"context": {"host_name": ATTACKS[0], ATTACKS[1]: ATTACKS[2], "__proto__": "x", "mnist.build.version": "$(reboot)",
                             "mnist.config.epochs": "5; rm -rf ~", "mnist.machine.cpu_model": ATTACKS[6]},
                 "benchmarks": [{"name": f"Train/Adam/batch:64/threads:{attack}", "run_type": "iteration", "real_time": 1 + r, "time_unit": "ms",
                                 "repetition_index": r, "samples_per_second": 1000 + r, "test_accuracy": 97.5}
                                for attack in ATTACKS for r in range(2)] +
                               [{"name": "TimeToAccuracy/Record", "run_type": "iteration", "real_time": 1, "time_unit": "s", "repetition_index": r,
                                 "seconds_to_target": 1, "test_accuracy": 97.5, "label": attack, attack: 5} for r, attack in enumerate(ATTACKS)] +
                               [{"name": f"{attack}/z", "run_type": "iteration", "real_time": 1, "time_unit": "s", attack: 5} for attack in ATTACKS] +
                               [{"name": f"{attack}/x", "run_type": "iteration", "real_time": 1, "time_unit": attack} for attack in ATTACKS]}
        other = json.loads(json.dumps(bench).replace("x\"", "y\""))
        for name, content in (("train.json", train), ("bench.json", bench), ("other.json", other)):
            (self.folder / name).write_text(json.dumps(content))
        page = self.report("hostile.html", [self.folder / name for name in ("train.json", "bench.json", "other.json")])
        self.open(page)
        self.draw_all()
        self.js("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
        self.assertIsNone(self.js("return window.attacked || null"))
        self.assertEqual(0, self.js("return document.querySelectorAll('img, svg, iframe, object, link').length"))
        self.assertEqual(3, self.js("return document.scripts.length"))  # the data, Chart.js, the page's own
        text = self.js("return document.body.textContent")
        for attack in ATTACKS[:6]:
            self.assertIn(attack, text)
        html = page.read_text()
        for mark in ("\u0007", "\u001b", "\u200b", "\u202e", "\u2028"):
            self.assertNotIn(mark, html)
            self.assertNotIn(mark, text)
        commands = self.js("return [...document.querySelectorAll('.command')].map((c) => c.textContent)")
        self.assertTrue(commands)
        self.assertLessEqual(self.js("return document.documentElement.scrollWidth"), 1200)
        for command in commands:
            self.assertRegex(command, r"^mnist(_bench)? [-A-Za-z0-9_:/.,=^()|' ]*$")
            self.assertNotIn("rm", command)
        self.assert_silent_console()

    def test_many_rows_and_epochs_still_make_a_page(self):
        train = json.loads(GOLDEN.read_text())
        for run in train["runs"][1:]:
            run["epochs"] = run["epochs"] * 1000
        names = [f"Sort/{i}" for i in range(300)]
        for name, factor in (("many-a.json", 1), ("many-b.json", 2)):
            rows = [{"name": n, "run_type": "iteration", "real_time": factor, "time_unit": "ms"} for n in names]
            (self.folder / name).write_text(json.dumps({"context": {"host_name": name, "num_cpus": factor}, "benchmarks": rows}))
        (self.folder / "many.json").write_text(json.dumps(train))
        self.open(self.report("many.html", [self.folder / name for name in ("many.json", "many-a.json", "many-b.json")]))
        self.draw_all()
        self.assertEqual(60, self.js("return Chart.getChart(document.querySelector('#comparison canvas')).data.datasets.flatMap(d => d.data).length"))
        self.assertIn("The first 60 of 300", self.js("return document.querySelector('#comparison figcaption').textContent"))
        self.assertEqual(2000, self.js("return Chart.getChart(document.querySelector('#curves canvas')).data.datasets[1].data.length"))
        self.assert_silent_console()

    def test_the_policy_lets_no_other_script_run_and_nothing_load(self):
        self.open(self.whole_page)
        self.js("""const script = document.createElement('script');
            script.textContent = 'window.smuggled = 1';
            document.body.append(script);
            const image = document.createElement('img');
            image.src = 'https://127.0.0.1:9/x.png';
            document.body.append(image);""")
        self.assertIsNone(self.js("return window.smuggled || null"))
        refusals = []
        deadline = time.monotonic() + PATIENCE_S
        while len(refusals) < 2 and time.monotonic() < deadline:
            refusals += [entry["message"] for entry in self.browser.get_log("browser")]
            time.sleep(0.05)
        self.assertTrue(all("Content Security Policy" in message for message in refusals), refusals)
        self.assertEqual(2, len(refusals))
        html = self.whole_page.read_text()
        self.assertNotIn("unsafe", html[:html.index("</head>")])
        self.assertFalse(re.search(r"<(?:script|link|img)[^>]*\s(?:src|href)=", html))

    def test_no_width_scrolls_sideways(self):
        for width in (360, 700, 1000):
            self.open(self.whole_page, width=width)
            self.draw_all()
            self.js("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
            self.assertLessEqual(self.js("return document.documentElement.scrollWidth"), width, f"at {width} pixels")

    def test_dark_is_dark_and_charts_follow(self):
        ground = "return getComputedStyle(document.body).backgroundColor"
        tick = "return Chart.getChart(document.querySelector('#curves canvas')).options.scales.x.ticks.color"
        self.open(self.whole_page, scheme="light")
        self.draw_all()
        light = self.js(ground), self.js(tick)
        self.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": "dark"}]})
        self.wait_for(f"return (() => {{ {tick} }})() !== '{light[1]}'", "the charts are repainted")
        self.assertEqual("rgb(255, 255, 255)", light[0])
        self.assertNotEqual(light[0], self.js(ground))

    def test_paper_gets_every_chart(self):
        self.open(self.whole_page)
        pdf = self.browser.execute_cdp_cmd("Page.printToPDF", {"printBackground": True})["data"]
        self.assertGreater(len(pdf), 50_000)
        self.assertTrue(self.js("return [...document.querySelectorAll('.canvas canvas')].every((c) => Chart.getChart(c))"))

    def test_without_charts_the_tables_are_open_and_the_page_says_so(self):
        html = self.whole_page.read_text()
        begin = html.index("<script>/*!")  # Chart.js begins with its licence
        end = html.index("</script>", begin) + len("</script>")
        page = self.folder / "plain.html"
        page.write_text(html[:begin] + html[end:])
        self.open(page)
        self.assertIn("All figures are in the tables", self.js("return document.querySelector('.banner').textContent"))
        self.assertEqual(0, self.js("return document.querySelectorAll('.canvas canvas').length"))
        self.assertGreater(self.js("return document.querySelectorAll('figure details[open] tbody tr').length"), 50)
        self.assert_silent_console()

    def test_with_charts_the_numbers_are_closed_below_them(self):
        self.open(self.whole_page)
        self.assertEqual(0, self.js("return document.querySelectorAll('figure details[open], .unscripted').length"))
        self.assertEqual(self.js("return document.querySelectorAll('figure').length"), self.js("return document.querySelectorAll('figure canvas').length"))

    def test_the_data_can_be_read_out_again(self):
        data = self.data_of(self.whole_page)
        self.assertEqual("mnist-report/1", data["schema"])
        self.assertEqual([GOLDEN.name, *(file.name for file in RESULTS)], [source["name"] for source in data["sources"]])


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
