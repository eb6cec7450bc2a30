"""English by hand: sentences that stories and thoughts are built of, verse with refrains, and thoughts of their own."""

WORDS = {
    "person": "Ada,the baker,Tom,the old sailor,Maria,the teacher,a stranger,the doctor,her brother,the gardener,Nina,"
    "the postman,a student,the captain,Omar,the watchmaker,his aunt,the mayor,Yuki,the carpenter",
    "thing": "a letter,the lamp,an old map,the kettle,a red bicycle,the key,a wooden box,the radio,a bunch of keys,"
    "the window,a newspaper,the ladder,a jar of honey,the clock,a torn photograph,the boat,a heavy coat,the piano",
    "place": "the harbour,the kitchen,a narrow street,the station,the library,the market,a small island,the attic,"
    "the bridge,the school yard,the edge of the forest,the post office,an empty square,the lighthouse,the cellar",
    "did": "found,painted,hid,repaired,sold,carried,described,forgot,borrowed,opened,measured,photographed,dropped,"
    "returned,cleaned,noticed,bought,drew,guarded,lost",
    "how": "slowly,without a word,in the rain,before sunrise,with both hands,for the last time,by mistake,at noon,"
    "almost cheerfully,in a hurry,after a long silence,as if in a dream,twice,with great care,against all advice",
    "why": "because the ship was late,since nobody had asked,although it was cold,so that the children could sleep,"
    "while the others argued,as the law required,until the bell rang,when the lights went out,unless it was Sunday,"
    "because winter had come early,though the price had doubled,before the guests arrived,now that the war was over",
    "said": "I never liked that colour,The road is longer than it looks,You cannot count on the weather,"
    "We had better leave tonight,There is a reason for everything,My father built this house,"
    "Nobody reads the small print,It used to be twice as big,The dog knows more than we do,Bread is cheaper on Mondays",
    "field": "count,index,total,value,item,user,order,node,price,result,buffer,offset,width,height,token,score",
    "first_name": "Alice,Bob,Carol,Dave,Erin,Frank,Grace,Heidi,Ivan,Judy,Karl,Lena,Mallory,Nick,Olga,Peggy",
    "dish": "oats,rice and beans,tomato soup,lentil curry,fried eggs,green salad,noodles,baked potatoes,toast",
    "salad": "the,of,and,a,to,in,is,it,that,not,maybe,wait,so,then,but,answer",
    "ordinal": "first,second,third,fourth,fifth,sixth,seventh,eighth,ninth,tenth,eleventh,twelfth",
    "gift": "a partridge in a pear tree,two turtle doves,three French hens,four calling birds,"
    "five golden rings,six geese a-laying,seven swans a-swimming,eight maids a-milking,"
    "nine ladies dancing,ten lords a-leaping,eleven pipers piping,twelve drummers drumming",
    "food": "flour,butter,sugar,milk,eggs,carrots,onions,rice,beans,garlic,tomatoes,lentils,cream,basil",
}


def stock(key: str) -> list[str]:
    """The words of one kind."""
    return WORDS[key].split(",")


SHAPES = (
    "{person} {did} {thing} {how}.",
    "In {place}, {person} {did} {thing}, {why}.",
    "{why}, {person} {did} {thing} near {place}.",
    '"{said}," said {person}, and {did} {thing}.',
    "Nobody in {place} remembered who {did} {thing}; {person} did.",
    "It was {person} who {did} {thing} {how}, {why}.",
    "Then {thing} was gone, and {person} {did} {thing} instead.",
    "From {place} one could see how {person} {did} {thing} {how}.",
)

LINES = (
    "Wait, let me check again.",
    "Hmm, maybe I should look at it from the other side.",
    "But what if that is wrong?",
    "Let me start over.",
    "Alternatively, I could try the first way again.",
    "So it may be true, or it may be false.",
    "I think the answer is correct, but I am not sure.",
    "Let me read the problem once more.",
    "The problem says that the number is positive.",
    "No, that cannot be right.",
    "Maybe I made a mistake in the second step.",
    "Okay, so the first condition holds.",
    "Therefore the result follows from the definition.",
    "But the second condition does not seem to hold.",
    "Perhaps there is another way to see this.",
    "I have to be careful with the sign here.",
    "That seems to contradict what I said before.",
    "Let me verify this with a simple example.",
    "In any case, the conclusion stays the same.",
    "Yes, that makes sense to me now.",
    "I recall that this is a well known theorem.",
    "However, the theorem needs the function to be continuous.",
    "Let me think about the boundary cases.",
    "So the answer should be the larger one.",
    "Hold on, I should double check the units.",
    "It might help to draw a picture of this.",
)

POEMS = (
    """Shall I compare thee to a summer's day?
Thou art more lovely and more temperate:
Rough winds do shake the darling buds of May,
And summer's lease hath all too short a date;
Sometime too hot the eye of heaven shines,
And often is his gold complexion dimm'd;
And every fair from fair sometime declines,
By chance or nature's changing course untrimm'd;
But thy eternal summer shall not fade,
Nor lose possession of that fair thou ow'st;
Nor shall death brag thou wander'st in his shade,
When in eternal lines to time thou grow'st:
So long as men can breathe or eyes can see,
So long lives this, and this gives life to thee.""",
    """Hear the sledges with the bells,
Silver bells!
What a world of merriment their melody foretells!
How they tinkle, tinkle, tinkle,
In the icy air of night!
While the stars that oversprinkle
All the heavens, seem to twinkle
With a crystalline delight;
Keeping time, time, time,
In a sort of Runic rhyme,
To the tintinnabulation that so musically wells
From the bells, bells, bells, bells,
Bells, bells, bells,
From the jingling and the tinkling of the bells.
Hear the mellow wedding bells,
Golden bells!
What a world of happiness their harmony foretells!
Through the balmy air of night
How they ring out their delight!
To the swinging and the ringing
Of the bells, bells, bells,
Of the bells, bells, bells, bells,
Bells, bells, bells,
To the rhyming and the chiming of the bells!""",
    """'Twas brillig, and the slithy toves
Did gyre and gimble in the wabe:
All mimsy were the borogoves,
And the mome raths outgrabe.

"Beware the Jabberwock, my son!
The jaws that bite, the claws that catch!
Beware the Jubjub bird, and shun
The frumious Bandersnatch!"

He took his vorpal sword in hand;
Long time the manxome foe he sought,
So rested he by the Tumtum tree
And stood awhile in thought.

One, two! One, two! And through and through
The vorpal blade went snicker-snack!
He left it dead, and with its head
He went galumphing back.

'Twas brillig, and the slithy toves
Did gyre and gimble in the wabe:
All mimsy were the borogoves,
And the mome raths outgrabe.""",
)

THOUGHTS = (
    """Okay, so I need to find the probability that two people out of 23 share a birthday. It is easier to go the other
way: the probability that all birthdays differ. The first person can have any day. The second has 364 of 365 days left,
the third 363, and so on. So the product is 365/365 times 364/365 and so on down to 343/365. Let me estimate it with
logarithms. The log of (1 - k/365) is roughly -k/365 for small k. The sum of k from 0 to 22 is 253. So the log is about
-253/365 = -0.693. Interesting, that is almost exactly minus the log of two. So the probability that all differ is
about one half, and so is the one I want. Wait, the approximation neglects the second-order terms, which are
-k^2/(2*365^2). The sum of k^2 up to 22 is 22*23*45/6 = 3795. Divide by 2*133225: 0.0142. So the log is about -0.7073,
and the probability is exp(-0.7073) = 0.493. So the chance of a shared birthday is 0.507. I remember the textbook value
0.5073, so that matches. Let me double check that 22 is not already enough: then the sum of k is 231, and the log is
-0.6329 - 0.0124 = -0.6453, exp of that is 0.5245, so the chance is 0.4755, which is below one half. Good.""",
    """The user asks why the sky is blue, and wants it explained to a child of eight. I should avoid the words
wavelength and scattering, or explain them. Maybe begin with a prism: white light is a mix of colours. Then say that
air is made of tiny pieces, far too small to see, and that blue light bounces off them more than red light does. Should
I mention that violet bounces even more? A clever child might ask why the sky is not violet. The answer is that the sun
sends out less violet, and that our eyes see it poorly. I could put that as a bonus at the end. And the sunset: in the
evening the light travels through more air, so most of the blue has been bounced away before it reaches us, and what is
left looks red and orange. An experiment would be nice: a glass of water with a few drops of milk and a torch. From the
side it looks bluish, from the front it looks yellow. That is safe and cheap. I think three short paragraphs and the
experiment are enough. The tone should be warm but not silly.""",
    """Let me think about the inheritance puzzle. Three sons, seventeen camels: one half, one third, one ninth. A half
of 17 is not whole. The trick is to borrow a camel, so that there are 18. Half is 9, a third is 6, a ninth is 2,
together 17, and the borrowed camel goes home. Why does it work? Because 1/2 + 1/3 + 1/9 = 17/18, not one. The will did
not give away everything, and the trick scales the shares up. Is it fair, though? Each son gets a bit more than the
will says: 9 instead of 8.5, 6 instead of 5.67, 2 instead of 1.89. So every one of them is better off than by the
strict reading, at no cost to anybody, since the strict reading leaves a bit of a camel over. Now the question asks for
all other numbers of camels for which such a trick exists. We need 1/a + 1/b + 1/c = n/(n+1) with a, b, c dividing n +
1. Say n + 1 = m. Then m/a + m/b + m/c = m - 1, so three divisors of m add up to m - 1. Together with 1 that makes m =
d1 + d2 + d3 + 1: a sum of three divisors and one. Egyptian fractions: 1 = 1/a + 1/b + 1/c + 1/m. With a = 2: 1/b + 1/c
+ 1/m = 1/2. b = 3 gives 1/c + 1/m = 1/6, so (c - 6)(m - 6) = 36: m = 42 with c = 7, m = 24 with c = 8, m = 18 with c =
9, m = 12 with c = 12, and m must be a multiple of 2, 3 and c: 42 yes, 24 yes, 18 yes, 12 yes. b = 4 gives 1/4, (c -
4)(m - 4) = 16: m = 20 with c = 5, m = 12 with c = 6, m = 8 with c = 8. All divide. b = 5 gives 3/10. c = 5: 1/10, so m
= 10. b = 6: c = 6, m = 6. That is the famous list of seven, if distinct shares are wanted.""",
    """This function is supposed to merge two sorted lists, but the user says that the last element is sometimes lost.
The loop runs while i < len(a) and j < len(b), and after it only the rest of a is appended. So if a is used up first,
the rest of b is lost. That is the bug. With a = [1, 2] and b = [3, 4] the result would be [1, 2]. That is more than
the last element. With a = [1, 4] and b = [2, 5] the loop takes 1, 2, 4 and then 5 is lost: just the last one, as the
user describes. The fix is to extend by b[j:] too. Also the comparison uses < rather than <=, which makes the merge
unstable: equal elements come from b first. It is not asked for, but it is worth a sentence. What about the mutable
default argument in the signature? result=[] is shared between calls, so the second call would begin with the first
call's result. The user has not noticed, because the test calls it once. I must mention that, it is a real bug. I will
show the corrected function, and say in a line each what was wrong.""",
)
