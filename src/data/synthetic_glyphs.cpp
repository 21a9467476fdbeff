// The tables of writing styles. S, C and P (start, corner, pass) keep a line of knots readable as a drawing.
// Left out: styles that MNIST hardly shows, such as a slashed zero.
#include "synthetic_glyphs.hpp"

#include <array>

namespace mnist {
namespace {

constexpr Join S = Join::start;
constexpr Join P = Join::smooth;
constexpr Join C = Join::corner;

constexpr Knot kZeroOval[] = {{.38F, .02F, S}, {.13F, .18F, P}, {.02F, .52F, P},
                              {.13F, .85F, P}, {.36F, .98F, P}, {.58F, .82F, P},
                              {.66F, .47F, P}, {.56F, .15F, P}, {.34F, .02F, P}};
constexpr Knot kZeroHooked[] = {{.50F, .14F, S}, {.30F, .02F, P}, {.09F, .22F, P}, {.02F, .56F, P},
                                {.12F, .88F, P}, {.31F, .98F, P}, {.50F, .80F, P}, {.56F, .44F, P},
                                {.45F, .12F, P}, {.26F, .10F, P}};
constexpr Knot kZeroRound[] = {{.42F, .03F, S}, {.14F, .14F, P}, {.00F, .50F, P},
                               {.16F, .88F, P}, {.46F, .97F, P}, {.76F, .82F, P},
                               {.86F, .46F, P}, {.72F, .12F, P}, {.46F, .02F, P}};

constexpr Knot kOnePlain[] = {{.10F, .00F, S}, {.10F, .50F, P}, {.09F, 1.0F, P}};
constexpr Knot kOneFlag[] = {{.00F, .24F, S}, {.20F, .00F, C}, {.20F, .50F, P}, {.20F, 1.0F, P}};
constexpr Knot kOneFoot[] = {{.02F, .22F, S}, {.22F, .00F, C}, {.22F, .50F, P},
                             {.22F, 1.0F, P}, {.00F, 1.0F, S}, {.46F, .98F, P}};

constexpr Knot kTwoPlain[] = {{.05F, .20F, S}, {.20F, .03F, P}, {.44F, .03F, P}, {.56F, .22F, P},
                              {.46F, .48F, P}, {.24F, .74F, P}, {.02F, .97F, C}, {.66F, .96F, P}};
constexpr Knot kTwoLoop[] = {{.06F, .20F, S}, {.30F, .01F, P}, {.55F, .18F, P}, {.46F, .52F, P},
                             {.18F, .90F, P}, {.03F, .93F, P}, {.06F, .77F, P}, {.24F, .77F, P},
                             {.44F, .93F, P}, {.72F, .88F, P}};
constexpr Knot kTwoWave[] = {{.05F, .12F, S}, {.34F, .01F, P}, {.54F, .14F, P}, {.42F, .46F, P},
                             {.05F, .94F, C}, {.30F, .88F, P}, {.66F, .98F, P}};

constexpr Knot kThreeRound[] = {{.06F, .14F, S}, {.28F, .00F, P}, {.51F, .13F, P},
                                {.46F, .36F, P}, {.22F, .47F, C}, {.50F, .55F, P},
                                {.59F, .77F, P}, {.36F, .99F, P}, {.03F, .86F, P}};
constexpr Knot kThreeFlatTop[] = {{.05F, .03F, S}, {.55F, .03F, C}, {.26F, .40F, C}, {.51F, .50F, P},
                                  {.59F, .74F, P}, {.36F, .98F, P}, {.03F, .89F, P}};
constexpr Knot kThreeFlowing[] = {{.04F, .10F, S}, {.30F, .00F, P}, {.52F, .14F, P},
                                  {.42F, .36F, P}, {.25F, .46F, P}, {.46F, .55F, P},
                                  {.56F, .76F, P}, {.34F, .99F, P}, {.00F, .92F, P}};

constexpr Knot kFourOpen[] = {{.10F, .03F, S}, {.05F, .30F, P}, {.09F, .52F, P}, {.30F, .56F, P},
                              {.55F, .49F, P}, {.58F, .02F, S}, {.52F, .50F, P}, {.46F, 1.0F, P}};
constexpr Knot kFourClosed[] = {{.46F, .00F, S}, {.02F, .62F, C}, {.66F, .62F, C},
                                {.46F, .00F, S}, {.46F, .50F, P}, {.45F, 1.0F, P}};
constexpr Knot kFourAngular[] = {{.15F, .00F, S}, {.03F, .54F, C}, {.62F, .54F, C},
                                 {.46F, .14F, S}, {.44F, .56F, P}, {.41F, 1.0F, P}};
constexpr Knot kFourLeaning[] = {{.50F, .05F, S}, {.22F, .26F, P}, {.08F, .50F, C}, {.34F, .50F, P},
                                 {.56F, .46F, P}, {.54F, .02F, S}, {.47F, .50F, P}, {.40F, 1.0F, P}};

constexpr Knot kFivePlain[] = {{.58F, .02F, S}, {.15F, .03F, C}, {.10F, .42F, C}, {.32F, .36F, P},
                               {.55F, .50F, P}, {.57F, .78F, P}, {.34F, .98F, P}, {.02F, .90F, P}};
constexpr Knot kFiveTwoStrokes[] = {{.16F, .03F, S}, {.10F, .42F, C}, {.36F, .39F, P},
                                    {.56F, .60F, P}, {.46F, .91F, P}, {.20F, .99F, P},
                                    {.02F, .88F, P}, {.16F, .05F, S}, {.62F, .00F, P}};
constexpr Knot kFiveFlowing[] = {{.58F, .04F, S}, {.31F, .03F, P}, {.14F, .20F, P}, {.24F, .42F, P},
                                 {.49F, .58F, P}, {.53F, .82F, P}, {.30F, .98F, P}, {.02F, .90F, P}};

constexpr Knot kSixCurved[] = {{.48F, .02F, S}, {.20F, .25F, P}, {.04F, .60F, P},
                               {.12F, .91F, P}, {.34F, .98F, P}, {.53F, .81F, P},
                               {.42F, .59F, P}, {.20F, .61F, P}, {.06F, .79F, P}};
constexpr Knot kSixStraight[] = {{.30F, .00F, S}, {.12F, .45F, P}, {.05F, .80F, P}, {.22F, .99F, P},
                                 {.45F, .90F, P}, {.47F, .68F, P}, {.29F, .58F, P}, {.10F, .73F, P}};
constexpr Knot kSixRound[] = {{.56F, .08F, S}, {.34F, .02F, P}, {.10F, .28F, P}, {.01F, .64F, P},
                              {.14F, .94F, P}, {.42F, .97F, P}, {.58F, .74F, P}, {.44F, .50F, P},
                              {.22F, .54F, P}, {.10F, .70F, P}};

constexpr Knot kSevenPlain[] = {{.02F, .06F, S}, {.58F, .03F, C}, {.37F, .48F, P}, {.22F, 1.0F, P}};
constexpr Knot kSevenBar[] = {{.02F, .06F, S}, {.58F, .03F, C}, {.38F, .48F, P},
                              {.24F, 1.0F, P}, {.10F, .51F, S}, {.58F, .47F, P}};
constexpr Knot kSevenFlag[] = {{.03F, .22F, S}, {.06F, .05F, C}, {.32F, .08F, P},
                               {.60F, .04F, C}, {.39F, .45F, P}, {.30F, 1.0F, P}};
constexpr Knot kSevenCurved[] = {{.02F, .14F, S}, {.20F, .03F, P}, {.46F, .04F, P},
                                 {.53F, .18F, P}, {.38F, .54F, P}, {.30F, 1.0F, P}};

constexpr Knot kEightSFirst[] = {{.52F, .14F, S}, {.30F, .00F, P}, {.08F, .17F, P}, {.20F, .39F, P},
                                 {.45F, .60F, P}, {.52F, .84F, P}, {.28F, 1.0F, P}, {.04F, .84F, P},
                                 {.14F, .60F, P}, {.42F, .38F, P}, {.53F, .12F, P}};
constexpr Knot kEightCircles[] = {{.30F, .46F, S}, {.11F, .34F, P}, {.11F, .11F, P}, {.30F, .00F, P},
                                  {.49F, .11F, P}, {.49F, .34F, P}, {.30F, .46F, P}, {.05F, .61F, P},
                                  {.05F, .87F, P}, {.30F, 1.0F, P}, {.56F, .87F, P}, {.55F, .61F, P},
                                  {.30F, .46F, P}};
constexpr Knot kEightOpen[] = {{.50F, .07F, S}, {.26F, .03F, P}, {.10F, .20F, P}, {.24F, .42F, P},
                               {.44F, .63F, P}, {.41F, .91F, P}, {.19F, .98F, P}, {.06F, .80F, P},
                               {.20F, .55F, P}, {.48F, .22F, P}};

constexpr Knot kNineCurved[] = {{.53F, .15F, S}, {.31F, .02F, P}, {.07F, .18F, P},
                                {.10F, .41F, P}, {.34F, .45F, P}, {.54F, .17F, C},
                                {.53F, .50F, P}, {.44F, .82F, P}, {.18F, 1.0F, P}};
constexpr Knot kNineStraight[] = {{.50F, .14F, S}, {.28F, .01F, P}, {.05F, .20F, P}, {.11F, .44F, P},
                                  {.34F, .44F, P}, {.52F, .10F, C}, {.49F, .50F, P}, {.44F, 1.0F, P}};
constexpr Knot kNineFlowing[] = {{.48F, .12F, S}, {.26F, .02F, P}, {.06F, .22F, P},
                                 {.16F, .44F, P}, {.40F, .36F, P}, {.52F, .12F, P},
                                 {.44F, .48F, P}, {.30F, .78F, P}, {.22F, 1.0F, P}};
constexpr Knot kNineHooked[] = {{.50F, .10F, S}, {.24F, .04F, P}, {.06F, .26F, P}, {.18F, .48F, P},
                                {.52F, .34F, P}, {.56F, .04F, S}, {.54F, .50F, P}, {.50F, 1.0F, P}};

constexpr std::array kZero{Glyph{50, kZeroOval}, Glyph{25, kZeroHooked}, Glyph{25, kZeroRound}};
constexpr std::array kOne{Glyph{72, kOnePlain}, Glyph{20, kOneFlag}, Glyph{8, kOneFoot}};
constexpr std::array kTwo{Glyph{40, kTwoPlain}, Glyph{38, kTwoLoop}, Glyph{22, kTwoWave}};
constexpr std::array kThree{Glyph{60, kThreeRound}, Glyph{15, kThreeFlatTop}, Glyph{25, kThreeFlowing}};
constexpr std::array kFour{Glyph{40, kFourOpen}, Glyph{20, kFourClosed}, Glyph{20, kFourAngular},
                           Glyph{20, kFourLeaning}};
constexpr std::array kFive{Glyph{40, kFivePlain}, Glyph{30, kFiveTwoStrokes}, Glyph{30, kFiveFlowing}};
constexpr std::array kSix{Glyph{45, kSixCurved}, Glyph{30, kSixStraight}, Glyph{25, kSixRound}};
constexpr std::array kSeven{Glyph{45, kSevenPlain}, Glyph{18, kSevenBar}, Glyph{15, kSevenFlag},
                            Glyph{22, kSevenCurved}};
constexpr std::array kEight{Glyph{50, kEightSFirst}, Glyph{25, kEightCircles}, Glyph{25, kEightOpen}};
constexpr std::array kNine{Glyph{35, kNineCurved}, Glyph{30, kNineStraight}, Glyph{20, kNineFlowing},
                           Glyph{15, kNineHooked}};

constexpr std::array<std::span<const Glyph>, kDigits> kGlyphs{kZero, kOne, kTwo,   kThree, kFour,
                                                              kFive, kSix, kSeven, kEight, kNine};

consteval bool all_fit() {
    for (const auto& styles : kGlyphs) {
        for (const auto& glyph : styles) {
            if (glyph.knots.size() < 2 || glyph.knots.size() > kMaxKnots) return false;
            if (glyph.knots.front().join != Join::start || glyph.weight == 0) return false;
        }
    }
    return true;
}
static_assert(all_fit());

}  // namespace

std::span<const Glyph> glyphs_of(std::size_t digit) {
    return kGlyphs[digit];
}

}  // namespace mnist
