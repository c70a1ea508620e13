"""Heads, masses and comments as public records, digitisers and ancillary files have them."""

import re

import pytest
import yaml
from closeness import close

from emiss.ground.errors import EmissError
from emiss.physics.constraints.curves.curve_files import read_curve
from emiss.physics.constraints.curves.mass_name import is_mass, is_of_dark_matter, may_be_mass
from emiss.physics.constraints.curves.quantity import meaning_of
from emiss.physics.constraints.curves.statements import statements
from emiss.physics.constraints.curves.table import Choice

CONVERTED_HEADS = r"""
$\epsilon \times 10^3$ @ 100 @ 0.1
epsilon * 1e4 @ 10 @ 0.001
g_B-L x 10^5 @ 10 @ 1e-4
10^5 x g_B-L @ 10 @ 1e-4
epsilon^2 x 10^6 @ 4 @ 0.002
$\epsilon^2\,(10^{-6})$ @ 4 @ 0.002
$-\log_{10}\epsilon$ @ 4 @ 1e-4
-log10(epsilon^2) @ 8 @ 1e-4
minus log10(epsilon) @ 4 @ 1e-4
-ln(eps) @ 9.210340371976184 @ 1e-4
epsilon^{-1} @ 1e4 @ 1e-4
epsilon^-2 @ 1e8 @ 1e-4
1/eps @ 1e4 @ 1e-4
1/eps^2 @ 1e8 @ 1e-4
limit on 1/epsilon^2 @ 1e8 @ 1e-4
-Log10[eps] @ 4 @ 1e-4
$|\log_{10}\epsilon|$ @ 4 @ 1e-4
|log10 ε| @ 4 @ 1e-4
|log10(epsilon)| (90% CL) @ 4 @ 1e-4
abs(log10(epsilon^2)) @ 8 @ 1e-4
log10(1/ε) @ 4 @ 1e-4
log_{10}(1/\epsilon^2) @ 8 @ 1e-4
ln(1/eps) @ 9.210340371976184 @ 1e-4
log10(epsilon^-1) @ 4 @ 1e-4
neg log10 eps @ 4 @ 1e-4
-1*log10(eps) @ 4 @ 1e-4
epsilon × 10^-6 @ 100 @ 1e-4
eps x 1e-6 @ 100 @ 1e-4
ε × 10⁻⁶ @ 100 @ 1e-4
ε·10^-6 @ 100 @ 1e-4
epsilon 10^-6 @ 100 @ 1e-4
epsilon, 10^-6 @ 100 @ 1e-4
epsilon E-06 @ 100 @ 1e-4
epsilon (E-06) @ 100 @ 1e-4
epsilon (10-6) @ 100 @ 1e-4
epsilon_1e-6 @ 100 @ 1e-4
10^-6 epsilon @ 100 @ 1e-4
epsilon^2 × 10^-8 @ 1 @ 1e-4
$\epsilon^2 \times 10^{-8}$ @ 1 @ 1e-4
epsilon/10⁻⁵ @ 10 @ 1e-4
10⁵ε @ 10 @ 1e-4
ε·10⁵ @ 10 @ 1e-4
g_V*1e4 @ 1 @ 1e-4
observed [epsilon^2] @ 1e-8 @ 1e-4
Upper limit on coupling squared, $g^2$ @ 1e-8 @ 1e-4
gp @ 1e-4 @ 1e-4
Upper limit on epsilon (in 10^-5) @ 10 @ 1e-4
α'/α = ε² @ 1e-8 @ 1e-4
(1/epsilon)^2 @ 1e8 @ 1e-4
g_X^2/(4π) @ 0.07957747154594767 @ 1.0
$\frac{g_X^2}{4\pi}$ @ 0.07957747154594767 @ 1.0
"""
COUPLINGS = {"epsilon", "g", "y", "g_agg", "g_ae", "g_phigg", ""}
KNOWN_HEADS = r"""
90% CL upper limit on $\varepsilon$ @ epsilon 1
Upper limit at 90% C.L. on $\varepsilon^2$ @ epsilon 2
Observed 95% CL exclusion limit on $\epsilon^2$ @ epsilon 2
95% CL upper limits on the kinetic mixing coefficient squared @ epsilon 2
Exclusion limit on kinetic mixing parameter $\varepsilon$ at 90% confidence level @ epsilon 1
$\varepsilon$ (90% CL upper limit, prompt-like) @ epsilon 1
Expected $\epsilon$ @ epsilon 1
Median expected upper limit on ε² @ epsilon 2
UL(eps^2) @ epsilon 2
eps2_90CL @ epsilon 2
kinetic_mixing_squared_UL @ epsilon 2
$\epsilon^2$ upper limit (Bayesian) @ epsilon 2
mixing strength $\varepsilon$, 90\% C.L. @ epsilon 1
$\varepsilon_{UL}$ @ epsilon 1
ε_UL(90%) @ epsilon 1
epsilon limit [dimensionless] @ epsilon 1
Dark photon kinetic mixing ε @ epsilon 1
Observed upper limit on the dark photon kinetic mixing parameter $\epsilon^2$ @ epsilon 2
$\kappa^2$ @ epsilon 2
Kinetic mixing $\chi$ @ epsilon 1
$|\epsilon|$ @ epsilon 1
$g_{B-L}$ 90% CL upper limit @ g 1
Upper limit on $g'$ @ g 1
90% CL upper limit on $g'_{L_\mu - L_\tau}$ @ g 1
Coupling $g_{X}$ @ g 1
gauge coupling g' of L_mu-L_tau @ g 1
g_Z' (90% CL) @ g 1
$g_{Z^{\prime}}$ @ g 1
$|g_{ae}|$ @ g_ae 1
$g_{a\gamma\gamma}$ [GeV$^{-1}$] @ g_agg 1
$|g_{a\gamma}|\ [{\rm GeV}^{-1}]$ @ g_agg 1
Axion-photon coupling [GeV^-1] @ g_agg 1
g_ag [GeV^-1] @ g_agg 1
$y = \epsilon^2 \alpha_D (m_\chi/m_{A'})^4$ @ y 1
Upper limit on y, $\alpha_D = 0.5$, $m_{A'} = 3 m_\chi$ @ y 1
y (pseudo-Dirac, alpha_D=0.1, R=3) @ y 1
90% CL limit on y for scalar DM @ y 1
$\bar{\sigma}_e$ [cm$^2$] @ sigma 1
DM-electron cross section [cm^2] @ sigma 1
log10(epsilon) @ epsilon 1
$\log_{10}\epsilon$ @ epsilon 1
log10 eps^2 @ epsilon 2
$\log_{10}(\epsilon^2)$ 90% CL @ epsilon 2
epsilon (Phys. Rev. Lett. 131, 161801) @ epsilon 1
NA64 (2023), epsilon @ epsilon 1
epsilon, 9.37e11 EOT, this work @ epsilon 1
BaBar 2017 $\epsilon$ @ epsilon 1
LHCb 2019 prompt epsilon^2 @ epsilon 2
NA48/2 $\epsilon^2$ @ epsilon 2
E141 epsilon lower edge @ epsilon 1
epsilon ul 95 cl @ epsilon 1
Kinetic mixing, visible decays @ epsilon 1
epsilon (Belle II 50 ab^-1 projection) @ epsilon 1
epsilon for BR(A'->chi chi)=1 @ epsilon 1
$\epsilon$ (invisible) @ epsilon 1
Limit on $\epsilon$ assuming $m_{A'}=3m_{\chi}$ @ epsilon 1
$\epsilon$ ($A'\to\mu^+\mu^-$) @ epsilon 1
$\varepsilon^2$ limit from $\Upsilon(2S,3S)$ @ epsilon 2
$\varepsilon^2$ from $\pi^0\to\gamma A'$ @ epsilon 2
Limit on epsilon at 90 percent confidence @ epsilon 1
limit_eps_obs @ epsilon 1
eps_obs @ epsilon 1
obs_eps2 @ epsilon 2
exp_median_eps @ epsilon 1
epsilon_projected @ epsilon 1
Epsilon @ epsilon 1
EPSILON**2 @ epsilon 2
SQUARED KINETIC MIXING @ epsilon 2
eps (NA64 combined 2016-2022) @ epsilon 1
Observed limit at 90% CL on the coupling $g_{Z'}$ of $Z'$ bosons @ g 1
Limit on the gauge coupling g of B-L @ g 1
epsilon for thermal relic target (pseudo-Dirac) @ epsilon 1
Exclusion boundary in $\epsilon$, lower @ epsilon 1
"""
OTHER_HEADS = r"""
$\epsilon\times BR$
$\epsilon^2 \times \mathcal{B}(A'\to e^+e^-)$
epsilon*sqrt(BR)
epsilon/epsilon_thermal
epsilon ratio obs/exp
$\Delta\epsilon$
$\sigma_\epsilon$
epsilon uncertainty (%)
relative error on eps
epsilon_eff [%]
signal efficiency $\epsilon$
$\epsilon_{sig}$
reconstruction efficiency epsilon
selection efficiency (epsilon)
efficiency, epsilon
epsilon_reco
epsilon pull
epsilon p0
epsilon local significance
S/sqrt(B) epsilon
10log10(epsilon)
dB(epsilon)
log2 epsilon
sqrt(epsilon)
epsilon^0.5
1/g_agg [GeV]
$g_{a\gamma\gamma}^{-1}$ [GeV]
f_a [GeV]
$g_{a\gamma\gamma} m_a$
g_agg/m_a [GeV^-2]
$g_{a\gamma}\sqrt{\rho/0.45}$ [GeV^-1]
$C_{a\gamma}$
$|C_{a\gamma\gamma}|$
g_an
g_ap g_ae
$g_{ae}g_{a\gamma}$ [GeV^-1]
$g_s g_p$
d_e
y pixel
y-coordinate
y position
y (data coordinates)
ybin
y error
y/y_thermal
y_l
yukawa y
Yukawa coupling y_e
rapidity y
|y|
y_{cm}
g-factor
(g-2)_e
a_e
g_e
g_mu
g_nu
g_q/g_e
g_D
alpha_D
alpha'/alpha x 1e6
e*epsilon
$e\epsilon$
epsilon e
Q/e
charge epsilon e (millicharge)
millicharge epsilon
q = epsilon e
sin^2(2theta)
U_e^2
|V_{eN}|^2
BR(K->pi X)
N_events at epsilon=1e-4
Number of A' for epsilon = 1e-3
chi2(epsilon)
dN/depsilon
PDF(epsilon)
posterior of epsilon
prior on epsilon
epsilon (1e-3 units)
epsilon weight
epsilon index
epsilon flag
epsilon row number
epsilon / 2
2*epsilon
epsilon/sqrt(2)
epsilon + sigma
epsilon-epsilon0
epsilon improvement factor
epsilon (normalised)
normalised epsilon
fraction of epsilon
epsilon percentile rank
tan(epsilon)
f(epsilon)
F(y)
exp(-y)
cos(epsilon)
epsilon_tau
epsilon_mu_mu
epsilon_{ee}^{V}
epsilon_{e\mu}
NSI epsilon
dielectric epsilon
permittivity epsilon
vacuum epsilon_0
epsilon' (CP violation)
epsilon'/epsilon
Re(epsilon'/epsilon)
emittance epsilon
polarisation epsilon
ellipticity epsilon
quantum efficiency epsilon
"""
MASSES = r"""
$m_{A'}$ [GeV] @ mediator
$M_{A'}$ [MEV] @ mediator
$m(A')$ [GeV] @ mediator
Dark photon mass [MeV] @ mediator
Dark photon mass $m_{A'}$ (GeV) @ mediator
A' mass [GeV] @ mediator
$m_{Z'}$ (GeV) @ mediator
Z' mass @ mediator
$m_{\gamma'}$ [GeV] @ mediator
Mass of A' [GeV/c^2] @ mediator
mass [GeV] @ mediator
Mass (eV) @ mediator
m_a [eV] @ mediator
Axion mass [eV] @ mediator
$m_a$ [eV] @ mediator
ALP mass $m_a$ [MeV] @ mediator
X boson mass [MeV/c^2] @ mediator
$m_{\mu\mu}$ [GeV] @ mediator
$m_{e^+e^-}$ [MeV] @ mediator
$m(\mu^+\mu^-)$ [MeV] @ mediator
Invariant mass [GeV] @ none
mass_GeV @ mediator
mA_GeV @ mediator
mAp [GeV] @ mediator
mAprime(GeV) @ mediator
mZp @ mediator
M_X [GeV] @ mediator
M [GeV] @ mediator
Resonance mass [GeV] @ mediator
$m_{\phi}$ [GeV] @ mediator
scalar mass [MeV] @ mediator
mediator mass m_V [GeV] @ mediator
vector boson mass (MeV) @ mediator
m_{X17} @ mediator
m_V @ mediator
$m_{U}$ [MeV] @ mediator
Mass hypothesis [GeV] @ mediator
log10(m_A'/GeV) @ mediator
$\log_{10}(m_{A'}/\mathrm{MeV})$ @ mediator
$m_\chi$ [MeV] @ dark matter
DM mass [GeV] @ dark matter
m_DM [GeV] @ dark matter
Dark matter mass $m_\chi$ (MeV) @ dark matter
LDM mass, $m_\chi$ [MeV] @ dark matter
WIMP mass [GeV/c^2] @ dark matter
$m_{\chi_1}$ [GeV] @ dark matter
mchi_MeV @ dark matter
m_X (dark matter) [MeV] @ dark matter
dark matter particle mass [MeV] @ dark matter
mass of dark matter (GeV) @ dark matter
sub-GeV DM mass [MeV] @ dark matter
m_{\chi} = m_{A'}/3 [GeV] @ dark matter
mass splitting [MeV] @ none
$\Delta m$ [keV] @ none
$m_{A'}/m_\chi$ @ none
m_chi/m_A' @ none
$m_T$ [GeV] @ none
$m_N$ [GeV] @ none
$m_{4}$ [MeV] @ none
missing mass squared [GeV^2] @ none
$M^2_{miss}$ [GeV^2] @ none
recoil mass [GeV] @ none
$p_T$ [GeV] @ none
sqrt(s) [GeV] @ none
$E_\gamma$ [GeV] @ none
beam energy [GeV] @ none
momentum [GeV] @ none
$\Gamma_{A'}$ [MeV] @ none
width [MeV] @ none
$\Lambda$ [GeV] @ none
f_a [GeV] @ none
$\sigma_m$ [MeV] @ none
mass resolution [MeV] @ none
bin width [GeV] @ none
mass index @ none
mass window [MeV] @ none
Q [MeV] @ none
T_e [keV] @ none
frequency [GHz] @ none
c tau [mm] @ none
lifetime @ none
1/m [1/GeV] @ none
m^2 [GeV^2] @ none
ln m @ mediator
m_pi [MeV] @ none
m_K [MeV] @ none
kaon mass @ none
top mass @ none
$m_{\eta'}$ [MeV] @ none
electron mass @ none
reduced mass [MeV] @ none
mass-squared difference [eV^2] @ none
mass^2 @ none
mass number A @ none
planck mass @ none
threshold mass @ none
mean mass @ mediator
effective mass [MeV] @ none
plasma mass @ none
"""
SILENT_COMMENTS = r"""
epsilon values times 10^4 are listed
Please divide the numbers by 1e4
Numbers must be divided by 10000
Factor 1e-4 omitted
10^-4 omitted
A common factor of 10^-4 has been taken out
a common factor 1e-3 is factored out
prefactor 10^-3
x 1E-4
*1e-4
in 1e-4
epsilon [1e-4]
epsilon (10^-4)
eps / 1e-4
mantissa only
order of magnitude
powers of 10
dex
decades below 1
negative log10
-log10
minus log
pEpsilon = -log10(epsilon)
Values are log_10
logs base ten
Base-10 logarithm
decimal log
log(epsilon)
natural log
square
Squares are given
we quote epsilon^2
quoted as epsilon^2
values for epsilon^2
fine-structure ratio alpha'/alpha
ratio alpha_X/alpha
sqrt of y
this is y, not epsilon
cross section limit in pb
cross-section in cm^2
number of events
expected events
signal yield for epsilon = 1e-4
event yield
efficiency
trigger efficiency
A' acceptance
sensitivity relative to NA64
improvement over BaBar
improvement factor
gain
compared to 2016
in units of the thermal target
relative to thermal target
normalised to the relic line
target / limit
limit / target
observed/expected
obs over exp
ratio obs/exp
residuals
pull
difference to the published curve
deviation
percent difference
in %
p-values
local significance in sigma
significance
number of sigmas
sigma
signal strength mu
signal strength
mu = sigma/sigma_SM
coupling modifier
kappa framework
Wilson coefficient
C_agg
f_a in GeV
decay constant
scale Lambda
Lambda [TeV]
1/Lambda
lifetime
c tau in mm
decay length
width in GeV
Gamma
form factor
mixing angle theta
sin^2 theta
|U_e4|^2
electron coupling
proton coupling
e * epsilon
millicharge
charge in units of e
Q/e
BR not divided out
corrected for efficiency
smeared
shifted up by 10
offset by factor 2 for clarity
offset for clarity
scaled for visibility
scaled for display
curves are shifted for clarity
width of the band
half width
band width
error band
uncertainty band
pixel
raw digitised coordinates
axis not calibrated
arbitrary units
a.u.
arb. units
test data
dummy values
placeholder values
random numbers
"""
HARMLESS_COMMENTS = r"""
limit at 90 % C.L.
Exclusion contours in the (m, g) plane
digitized by eye from figure 3 of the paper
Extracted with WebPlotDigitizer 4.6 (log-log axes)
WebPlotDigitizer, axes: log10, log10
X axis: log, Y axis: log
x: log scale, y: log scale
axis type: log
from the supplementary material of arXiv:2301.xxxxx
Data provided by the authors (private communication)
lower edge, upper edge
The lines above 1 GeV are interpolated
systematic uncertainties of 20 % on the yield are included
Limits include systematic uncertainties
Poisson statistics with zero observed events, 2.3 events excluded
CLs method, asymptotic formulae
Assumes BR(A'->invisible)=100%
limits for Dirac dark matter
Luminosity: 514 fb^-1
beam energy 100 GeV
reaction: E- NUCLEUS --> E- NUCLEUS A'
sqrt(s) = 10.58 GeV
The mass range is 1 MeV to 1 GeV
projection for 1e13 EOT
sensitivity scaled with the square root of the luminosity
expected limits were scaled with luminosity
The limit improves by 10 %
The efficiency is about 50 percent
error bars are statistical only
DarkCast format: mass lower upper
reinterpreted with DarkCast
see also BaBar, 1702.03327
author: A. Person, 2023
last updated 2023-11-02
# comments start with a hash
90%CL
Confidence level: 90 %
Type: exclusion
Exclusion region of E137, from Bjorken et al
lower boundary of the excluded region
the upper boundary is set by decays in the shield
signal region with log-likelihood ratio
values are rounded to 3 digits
numbers are from Table 2
values correspond to the black line
values below 1 MeV are extrapolated
the first row is the lowest mass
rows sorted by mass
two columns, separated by spaces
numbers in scientific notation
decimal point is a dot
All couplings are dimensionless
Coupling in natural units
hbar = c = 1
the ratio m_A'/m_chi is 3
thermal relic target
form factor of Tsai included
expected background of 0.53 +- 0.17 events
number of electrons on target: 2.84e11
number of points: 50
Npoints = 200
step: 0.01
log-spaced grid of 100 masses
"""
DESCRIPTIONS = r"""
Upper limits at 90% CL on the square of the mixing strength between the photon and dark photon
  as a function of the dark photon mass. | epsilon^2
The 90% C.L. upper limit on the mixing parameter eps as a function of the A' mass. The values
  are obtained with the CLs method. The expected limit and its one and two sigma bands are also
  given. | epsilon
Observed and expected 95% CL upper limits on the kinetic mixing coefficient of a dark photon Z_D
  as a function of its mass. Limits are derived with the asymptotic approximation. | epsilon
Exclusion contour at 90% CL in the plane of mass and kinetic mixing. The contour is the boundary
  of the region in which more than 2.3 signal events are expected. | epsilon
Limits on the coupling g_{B-L}. The result uses 484e9 electrons on target and a background
  estimate of 0.51 +- 0.13 events. No events are observed in the signal region. | g
Constraints in the (m_chi, y) plane for scalar, Majorana and pseudo-Dirac dark matter assuming
  alpha_D = 0.1 and m_A' = 3 m_chi. | y
Regions excluded by NA64 at the 90% CL. The limits include the systematic uncertainty of 15% in
  the A' yield and the efficiency correction of 0.5 per event. | epsilon
Upper limits on epsilon from the search for e+e- -> gamma A'. The data set corresponds to an
  integrated luminosity of 53 fb^-1. The fit is performed in steps of half the mass resolution.
  | epsilon
Bayesian upper limit on epsilon^2 obtained from the ratio of the signal yield to the background
  under the peak; the radiative fraction is taken from simulation. | epsilon^2
Upper limits on the kinetic mixing, marginalised over nuisance parameters with log-normal
  priors. Mass points are spaced by one third of the resolution. | epsilon
Upper limits on epsilon from a likelihood fit; the log-likelihood ratio is profiled. The
  normalisation is determined with dimuon events. | epsilon
Limits on epsilon. The A' production cross section is normalised to the measured rate of off-
  shell photons decaying to dimuons, which cancels the luminosity and efficiency. | epsilon
The limit is stronger by a factor of 10 than the previous one below 100 MeV and weaker by 20%
  above. | epsilon
Observed limit. For the number of events see Table 3, for the efficiencies see Table 4.
  Uncertainties are not shown. | epsilon
Same as Figure 4 but for the full data set. Masses are in GeV. | epsilon
The limit at each mass is the value of epsilon at which the expected number of signal events is
  2.3; the relative momentum resolution is 1%. | epsilon
Values digitised from Fig. 5 with an accuracy of about 3 percent. The axes of the figure are
  logarithmic. | epsilon
Kinetic mixing limits; branching fractions to visible final states are from the R ratio. Isospin
  factors are included in the branching fractions. | epsilon
Projected sensitivities for 1e13 electrons on target, with the yield scaled from 2.84e11.
  Background-free. | epsilon
The observed limit (black line) lies within two standard deviations of the expected limit
  everywhere. The inverse of the gamma factor is below 1e-3. | epsilon
The numbers in the first column are the masses in MeV, those in the second the limits. | epsilon
Exclusion limits in terms of epsilon. The square root of the ratio of yields is not used. |
  epsilon
Upper limit on epsilon as a function of mass. Local p-values are given in a separate table. |
  epsilon
The coupling strength is defined relative to the electric charge, epsilon = g/e. | epsilon
"""
ALTERED_DESCRIPTIONS = r"""
Upper limits at 90% CL on epsilon as a function of the A' mass. The values are multiplied by
  10^4 for readability.
Upper limits at 90% CL on epsilon as a function of the A' mass. Values have been multiplied by a
  factor of 1000.
Upper limits on epsilon. Entries are in units of 10^-4.
Upper limits on epsilon (in units of 10^{-3}) as a function of the mass.
Upper limits on epsilon, given in 10^{-3}, vs mass.
Upper limits on epsilon x 10^4.
Upper limits on $\epsilon$ ($\times 10^{4}$).
Ratio of the observed upper limit on epsilon to the expected one.
Ratio of our limit on epsilon to that of BaBar.
The upper limit on epsilon divided by the expected one.
Relative improvement of the limit on epsilon.
Efficiency of the selection as a function of the A' mass for epsilon = 1e-4.
Number of signal events expected for epsilon = 1e-4 as a function of mass.
Uncertainty of the limit on epsilon.
Statistical uncertainty of the upper limit on epsilon.
The total systematic uncertainty on epsilon as a function of mass.
Signal yield per unit epsilon^2.
The inverse of the kinetic mixing at 90% CL.
Upper limits on 1/epsilon.
Upper limits on the kinetic mixing squared.
Upper limits on epsilon^2.
Upper limits on epsilon squared as a function of mass.
Upper limits on the product of epsilon and the square root of the branching fraction.
Upper limits on epsilon times sqrt(BR).
Upper limits on epsilon^2 times the branching fraction.
Upper limits on epsilon^2 alpha_D.
Limits on epsilon normalised to the thermal target.
Limits on epsilon normalized to unity at 10 MeV.
Limits on epsilon in percent.
Limits on epsilon expressed in ppm.
Excluded values of epsilon, with the sign reversed.
Limits on epsilon shifted upwards for clarity.
P-value as a function of the mass for epsilon.
Local significance of the excess in epsilon.
Limits on epsilon versus the logarithm of the mass.
Limits on epsilon versus log10(m/MeV).
Limits on epsilon versus the dark-matter mass.
Limits on epsilon as a function of m_chi.
Limits on epsilon as function of the inverse mass.
"""


def lines(text):
    """Entries of a text: a line that starts with blanks goes on with the one before."""
    return re.sub(r"\n  +", " ", text.strip()).splitlines()


@pytest.mark.parametrize("line", lines(KNOWN_HEADS))
def test_heads_of_public_records_are_read(line):
    head, quantity = line.rsplit(" @ ", 1)
    found = meaning_of(head)
    assert f"{found.name} {found.power}" == quantity


@pytest.mark.parametrize("head", lines(OTHER_HEADS))
def test_heads_of_other_quantities_are_not_read_as_couplings(head):
    found = meaning_of(head)
    assert found.name not in COUPLINGS or not found.power


@pytest.mark.parametrize("line", lines(MASSES))
def test_variables_of_public_records(line):
    head, whose = line.rsplit(" @ ", 1)
    if not (is_mass(head) or may_be_mass(head)):
        assert whose == "none"
    else:
        assert whose == ("dark matter" if is_of_dark_matter(head) else "mediator")


@pytest.mark.parametrize("comment", lines(SILENT_COMMENTS))
def test_a_comment_that_is_not_understood_beside_a_silent_head_is_refused(tmp_path, comment):
    file = tmp_path / "c.csv"
    file.write_text(f"# {comment}\nmass_mev,limit\n1,1e-6\n10,4e-6\n", encoding="utf-8")
    with pytest.raises(EmissError, match=r"--quantity|head the column|base of the logarithm"):
        read_curve(file)
    assert read_curve(file, quantity="g").values.tolist() == [1e-6, 4e-6]


@pytest.mark.parametrize(
    ("comment", "quantity", "first"),
    [
        ("eps^2 is given", "epsilon", 1e-3),
        ("this is alpha'/alpha", "epsilon", 1e-3),
        ("y is given, not epsilon", "y", 1e-6),
        ("limits on y", "y", 1e-6),
        ("limits on g_e", "g_e", 1e-6),
        ("Limit on BR", "branching", 1e-6),
        ("coupling times sqrt(BR)", "coupling times sqrt(br)", 1e-6),
    ],
)
def test_comments_name_what_a_silent_head_does_not(tmp_path, comment, quantity, first):
    file = tmp_path / "c.csv"
    file.write_text(f"# {comment}\nmass_mev,limit\n1,1e-6\n10,4e-6\n", encoding="utf-8")
    curve = read_curve(file)
    assert curve.quantity == quantity
    close(curve.values[0], first, 1e-12)


@pytest.mark.parametrize("comment", lines(HARMLESS_COMMENTS))
def test_comments_of_the_file_beside_a_silent_head_are_not_refused(tmp_path, comment):
    assert statements(comment) == ()
    file = tmp_path / "c.csv"
    file.write_text(f"# {comment}\nmass_mev,limit\n1,1e-6\n10,4e-6\n", encoding="utf-8")
    assert read_curve(file).values.tolist() == [1e-6, 4e-6]


@pytest.mark.parametrize(
    "unit", ["a.u.", "arb. units", "px", "furlong", "GeV", "events", "10^4", "1e4"]
)
def test_units_that_do_not_belong_are_refused_until_the_user_says_none(tmp_path, unit):
    file = tmp_path / "c.csv"
    file.write_text(f"mass_mev,epsilon [{unit}]\n1,1e-6\n10,4e-6\n")
    with pytest.raises(EmissError, match=re.escape(f"'{unit}' does not belong")):
        read_curve(file)
    assert read_curve(file, quantity="epsilon [1]").values.tolist() == [1e-6, 4e-6]


def test_a_factor_beside_the_unit_of_the_mass_in_a_comment_is_refused(tmp_path):
    file = tmp_path / "c.csv"
    file.write_text("# in GeV and 10^-3\nmass_gev,epsilon\n1,1\n10,2\n")
    with pytest.raises(EmissError, match="tells a factor"):
        read_curve(file)


def test_a_description_of_hepdata_with_a_factor_for_readability(tmp_path):
    file = tmp_path / "c.csv"
    said = "#: description: Upper limits on the mixing (multiplied by 10^4 for readability)"
    file.write_text(f"{said}\n#: RE,E- --> X\nM(A) [GEV],EPSILON\n0.001,1\n0.01,3\n")
    with pytest.raises(EmissError, match="tells a factor"):
        read_curve(file)


def described(tmp_path, head, description):
    def column(name, units, values):
        return {
            "header": {"name": name, "units": units},
            "values": [{"value": value} for value in values],
        }

    table = {
        "description": description,
        "independent_variables": [column("m_{A'}" if head != "y" else "m_chi", "MeV", (1, 10))],
        "dependent_variables": [column(head, "", (1e-6, 4e-6))],
    }
    file = tmp_path / "t.yaml"
    file.write_text(yaml.safe_dump(table), encoding="utf-8")
    return file


@pytest.mark.parametrize("line", lines(DESCRIPTIONS))
def test_descriptions_of_public_records_alter_nothing(tmp_path, line):
    description, head = line.rsplit(" | ", 1)
    curve = read_curve(described(tmp_path, head, description))
    power = 2 if "^2" in head else 1
    assert curve.quantity == head.removesuffix("^2")
    close(curve.values, [1e-6 ** (1 / power), 4e-6 ** (1 / power)], 1e-12)


@pytest.mark.parametrize("description", lines(ALTERED_DESCRIPTIONS))
def test_descriptions_that_alter_the_values_are_refused(tmp_path, description):
    file = described(tmp_path, "epsilon", description)
    with pytest.raises(EmissError, match=r"--quantity|--mass-unit"):
        read_curve(file)
    stated = {"quantity": "epsilon", "mass_unit": "m_A' [MeV]"}
    assert read_curve(file, **stated).values.tolist() == [1e-6, 4e-6]


@pytest.mark.parametrize("unit", ["-log10", "10^4", "1/10^4", "dex", "squared"])
def test_units_in_their_place_that_are_none_are_refused(tmp_path, unit):
    file = described(tmp_path, "epsilon", "")
    text = file.read_text().replace("units: ''", f"units: '{unit}'")
    assert unit in text
    file.write_text(text)
    with pytest.raises(EmissError, match="does not belong"):
        read_curve(file)


@pytest.mark.parametrize("line", lines(CONVERTED_HEADS))
def test_heads_that_are_made_of_a_coupling_by_definition_are_converted(tmp_path, line):
    head, number, wanted = line.rsplit(" @ ", 2)
    file = tmp_path / "c.tsv"
    file.write_text(f"mass_mev\t{head}\n1\t{number}\n10\t{number}\n", encoding="utf-8")
    curve = read_curve(file)
    assert curve.quantity in {"epsilon", "g"}
    close(curve.values, [float(wanted)] * 2, 1e-9)


@pytest.mark.parametrize(
    "head",
    [
        "eps^2 alpha_D (m_chi/m_V)^4",
        "eps^2*alphaD*(mchi/mA)^4",
        "y",
        r"$\epsilon^2\alpha_D(m_\chi/m_{A^\prime})^4$",
        r"$y=\epsilon^2\alpha_D\left(\frac{m_\chi}{m_{A'}}\right)^4$",
    ],
)
def test_the_definition_of_y_is_y(head):
    found = meaning_of(head)
    assert (found.name, found.power, found.factor) == ("y", 1, 1.0)


@pytest.mark.parametrize(
    "head", ["eps^2 alpha_D (m_chi/m_V)^2", "eps alpha_D (m_chi/m_V)^4", "eps^2 alpha_D",
             "2 eps^2 alpha_D (m_chi/m_V)^4", "eps^2 alpha_D (m_V/m_chi)^4", "(10^4 epsilon)^2",
             "1/epsilon + 1", "2/epsilon", "1/sqrt(epsilon)", "-log10(epsilon) + 2",
             "epsilon x 10^3 + 1", "1/(2 epsilon)", "g_e g_mu", "g_e/g_mu"],
)  # fmt: skip
def test_what_only_looks_like_a_definition_is_not_converted(head):
    assert not (meaning_of(head).name in COUPLINGS and meaning_of(head).power)


@pytest.mark.parametrize(
    ("head", "name", "power"),
    [(r"Coupling to muons $g_\mu$ (90% C.L. upper limit)", "g_mu", 1),
     ("|epsilon_e|", "epsilon_e", 1), ("g_e^2", "g_e", 2), ("gB", "g_b", 1), ("$g_{B}$", "g_b", 1),
     ("g_B-L", "g", 1),
     ("g_q", "g_q", 0), ("epsilon_mu_mu", "epsilon_mu_mu", 0)],
)  # fmt: skip
def test_couplings_to_one_lepton_and_to_baryons_have_names(head, name, power):
    assert (meaning_of(head).name, meaning_of(head).power) == (name, power)


@pytest.mark.parametrize(
    ("mass", "head", "comment", "known"),
    [("m_gamma' [eV]", "chi", "", True), ("hidden photon mass [eV]", r"$\chi$", "", True),
     ("mass [eV]", "log10(chi)", "paraphoton searches", True),
     ("mass [eV]", "chi", "kinetic mixing with photons", True),
     ("mass [eV]", "chi", "", False), ("m_chi [MeV]", "chi", "dark photon", False)],
)  # fmt: skip
def test_chi_is_the_mixing_in_files_on_hidden_photons(tmp_path, mass, head, comment, known):
    file = tmp_path / "c.csv"
    numbers = "-5", "-6"
    numbers = numbers if "log" in head else ("1e-5", "1e-6")
    file.write_text(f"# {comment}\n{mass},{head}\n1,{numbers[0]}\n10,{numbers[1]}\n")
    if known:
        assert read_curve(file).quantity == "epsilon"
        close(read_curve(file).values, [1e-5, 1e-6], 1e-9)
        return
    with pytest.raises(EmissError, match="say so with --quantity epsilon"):
        read_curve(file)
    choice = Choice(quantity="epsilon", mass_ratio=3.0)
    assert read_curve(file, choice=choice).quantity == "epsilon"


@pytest.mark.parametrize(
    ("head", "comment"),
    [("epsilon (lower limit)", ""), ("lower limit on epsilon", ""), ("eps upper edge", ""),
     ("epsilon (95% CL lower bound)", ""), ("epsilon", "lower limits on the kinetic mixing")],
)  # fmt: skip
def test_one_side_of_a_region_alone_is_no_limit_from_above(tmp_path, head, comment):
    file = tmp_path / "c.csv"
    file.write_text(f"# {comment}\nmass_mev,{head}\n1,1e-6\n10,4e-6\n", encoding="utf-8")
    with pytest.raises(EmissError, match="one side of a region"):
        read_curve(file)
    assert read_curve(file, quantity="epsilon").values.tolist() == [1e-6, 4e-6]


@pytest.mark.parametrize(
    ("head", "comment", "reason"),
    [("Data", "", "nor that they are a limit"), ("value", "from Bob", "nor that they are a limit"),
     ("epsilon", "Lifetime limits", "lifetime"), ("epsilon", "limits on the lifetime", "lifetime"),
     ("epsilon", "Upper limits on the branching fraction", "branching"),
     ("epsilon", "Cross section limits", "cross section"),
     ("epsilon", "epsilon for g_D = 1, limits scale as 1/g_D", "scale as"),
     ("epsilon", "excluded region is BELOW the curve", "one side of a region"),
     ("epsilon_e", "NSI", "another model"),
     ("epsilon", "masses are in\n# units of the electron mass", "alters the masses"),
     ("epsilon", "couplings below these values are excluded", "one side of a region")],
)  # fmt: skip
def test_files_on_something_else_are_refused(tmp_path, head, comment, reason):
    file = tmp_path / "c.csv"
    file.write_text(f"# {comment}\nmass_mev,{head}\n1,1e-6\n10,4e-6\n", encoding="utf-8")
    with pytest.raises(EmissError, match=reason):
        read_curve(file)


@pytest.mark.parametrize(
    ("head", "comment"),
    [("Data", "Upper limits on epsilon"), ("epsilon", "Cross section limits turned into epsilon"),
     ("epsilon", "limits on the branching fraction and the mixing"),
     ("epsilon", "the background scales with the exposure"),
     ("epsilon", "Limits scale as the fourth root of the exposure"),
     ("epsilon", "The lower limit of the mass range is 1 MeV"),
     ("epsilon", "derived from cross section limits"), ("epsilon", "points every 0.1 in log10(m)"),
     ("epsilon", "error on digitisation about 2 %"), ("value", "exclusion contour"),
     ("Lower/Upper limit on epsilon", "")],
)  # fmt: skip
def test_files_that_speak_of_the_coupling_too_are_read(tmp_path, head, comment):
    file = tmp_path / "c.csv"
    file.write_text(f"# {comment}\nmass_mev,{head}\n1,1e-6\n10,4e-6\n", encoding="utf-8")
    assert read_curve(file).values.tolist() == [1e-6, 4e-6]


@pytest.mark.parametrize(
    "comment",
    ["68 % band of the expected limit", "expected limit, 1 sigma band", "95 % interval of toys"],
)
def test_two_sides_of_a_band_are_no_edges(tmp_path, comment):
    file = tmp_path / "c.csv"
    rows = "1,1e-6,2e-6\n10,4e-6,8e-6\n"
    file.write_text(f"# {comment}\nmass_mev,eps_low,eps_up\n{rows}", encoding="utf-8")
    with pytest.raises(EmissError, match="may be the sides of a band"):
        read_curve(file)
    assert read_curve(file, quantity="epsilon").upper.tolist() == [2e-6, 8e-6]


@pytest.mark.parametrize(
    ("heads", "rows"),
    [
        ("1/eps_low,1/eps_up", "1e5,1e3"),
        ("-log10(eps_low),-log10(eps_up)", "5,3"),
        ("-log10(eps) lower,-log10(eps) upper", "3,5"),
    ],
)
def test_edges_of_inverses_are_put_in_order(tmp_path, heads, rows):
    file = tmp_path / "c.csv"
    file.write_text(f"mass_mev,{heads}\n1,{rows}\n10,{rows}\n", encoding="utf-8")
    curve = read_curve(file)
    close([curve.values[0], curve.upper[0]], [1e-5, 1e-3], 1e-12)


def test_a_coupling_to_chi_is_not_the_mixing(tmp_path):
    file = tmp_path / "c.csv"
    file.write_text("m_A' [MeV],limit on coupling to $\\chi$\n1,1e-6\n10,4e-6\n", encoding="utf-8")
    assert read_curve(file).quantity != "epsilon"


@pytest.mark.parametrize(
    ("head", "values", "asked"),
    [("log10(epsilon)", (5, 4), True), ("epsilon", (1e5, 1e4), True), ("g", (13, 0.1), False)],
)
def test_couplings_that_are_too_large_everywhere_are_asked_about(tmp_path, head, values, asked):
    file = tmp_path / "c.csv"
    file.write_text(f"m_A' [MeV],{head}\n1,{values[0]}\n10,{values[1]}\n", encoding="utf-8")
    notes = read_curve(file).notes
    assert any("too large for a coupling" in note for note in notes) == asked


def test_whose_mass_is_on_the_axis_is_what_stands_before_what_it_equals(tmp_path):
    file = tmp_path / "c.csv"
    rows = "1,1e-6\n10,4e-6\n"
    file.write_text(f"# x is m_chi = m_A'/3\nmass_mev,epsilon\n{rows}", encoding="utf-8")
    close(read_curve(file).masses, [3e-3, 3e-2], 1e-12)
    file.write_text(f"# x is m_chi = m_A'/3\nm_A' [MeV],epsilon\n{rows}", encoding="utf-8")
    with pytest.raises(EmissError, match="differ in whose mass it is"):
        read_curve(file)
