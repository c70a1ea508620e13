// Plots of the report: the plot of the live page with what stands in the page.

const planes = JSON.parse(document.getElementById("emiss-planes").textContent);
for (const [name, content] of Object.entries(planes)) {
  const host = document.querySelector(`[data-plane="${name}"]`);
  makePlot(host, name).draw(content);
}
