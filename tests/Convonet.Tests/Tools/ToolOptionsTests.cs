using Convonet.Tools;

namespace Convonet.Tests.Tools;

public sealed class ToolOptionsTests
{
    [Theory]
    [InlineData("delete_todo", true)]
    [InlineData("files__delete_file", true)]
    [InlineData("files__delete-file", true)]
    [InlineData("files__deleteFile", true)]
    [InlineData("x__Delete_item", true)]
    [InlineData("remove_team_member", true)]
    [InlineData("get_deleted", false)]
    [InlineData("deleted_list", false)]
    [InlineData("create_todo", false)]
    public void MustConfirm_InVoice_MeansTheToolHoweverItIsSpelled(string tool, bool must)
    {
        Assert.Equal(must, new ToolOptions().MustConfirm(tool, voice: true));
        Assert.False(new ToolOptions().MustConfirm(tool, voice: false));
    }
}
